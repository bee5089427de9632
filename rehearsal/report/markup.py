"""HTML and SVG from functions: what is not made by `tag` is text, and is escaped."""

import re
from collections.abc import Iterable
from html import escape
from typing import Final

VOID: Final = frozenset({"meta", "br", "hr", "wbr"})
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Content = str | Iterable["Content"] | None
Attribute = str | int | float | bool | None


def text(content: str) -> Markup:
    """Escape a text; a character that no document may hold becomes U+FFFD."""
    return Markup(escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", content)))


def tag(name: str, /, *content: Content, **attributes: Attribute) -> Markup:
    """Make an element.

    Args:
        name: the element's name.
        content: markup as it is, any other text escaped, None left out.
        attributes: `class_` is class and `aria_label` is aria-label; None and False are left out,
            True is an attribute without a value, a number is written short.
    """
    given = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{join(content)}</{name}>")


def join(content: Content) -> Markup:
    """Put content together."""
    if content is None:
        return Markup()
    if isinstance(content, str):
        return content if isinstance(content, Markup) else text(content)
    return Markup("".join(join(part) for part in content))


def capital(said: str) -> str:
    """Begin with a capital letter."""
    return f"{said[:1].upper()}{said[1:]}"


def sign(*, good: bool) -> Markup:
    """A sign beside the words that say the same."""
    shown = "\N{CHECK MARK}" if good else "\N{BALLOT X}"
    return tag("span", shown, aria_hidden="true", class_="sign")


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    shown = value if isinstance(value, str) else f"{value:.6g}"
    return f' {name}="{text(shown)}"'
