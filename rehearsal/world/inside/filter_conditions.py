"""Conditions on the fields of JSON log events, as CloudWatch Logs' filter patterns have them.

A comparison with a field that is not there is false, `!=` as well as `=`.
"""

import math
import operator
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

# Of a value that is looked for, what stands in a JSON text just so, however that was written.
PLAIN = re.compile(r"[\w .:@+-]+", re.ASCII)
SELECTOR = r"\$(?:\.[\w-]+|\.\*|\[\d+\]|\[\*\]|\.?\['[^']+'\])*"
STEP = re.compile(r"\.([\w-]+)|(\.\*|\[\*\])|\[(\d+)\]|\.?\['([^']+)'\]")
TOKEN = re.compile(
    rf"""\s*(?:
        (?P<sign>&&|\|\||[()])
      | (?P<compare>!=|<=|>=|=|<|>)
      | (?P<field>{SELECTOR})
      | "(?P<quoted>(?:[^"\\]|\\.)*)"
      | (?P<word>[\w.*:/@+-]+)
    )""",
    re.VERBOSE,
)
NUMERIC: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class FilterPatternError(ValueError):
    """CloudWatch Logs refuses the pattern, or the rehearsal does not know its syntax."""


class Condition(NamedTuple):
    """What an event has to fulfil.

    Attributes:
        fulfilled: whether an event fulfils it.
        texts: one of these stands in the text of every event that does; empty where that is not
            known. A trail has thousands of events, most of which no filter wants, and it takes a
            hundredth of the time to see that from their texts.
    """

    fulfilled: Callable[[Any], bool]
    texts: frozenset[str] = frozenset()


class _Token(NamedTuple):
    kind: str
    text: str


def condition(text: str) -> Condition:
    """Whether an event fulfils what stands between the pattern's braces.

    Raises:
        FilterPatternError: it is no condition.
    """
    return _Parser(text).parsed()


def selected(event: object, selector: str) -> list[Any]:
    """What stands in the fields that the selector names, such as `$.items[*].id`.

    Raises:
        FilterPatternError: it is no selector.
    """
    found: list[Any] = [event]
    for name, every, index in _steps(selector):
        found = [value for each in found for value in _step(each, name, every, index)]
    return found


# A delivery's filters name some dozens of fields, and ask for them at every event of the trail.
@lru_cache(maxsize=1024)
def _steps(selector: str) -> tuple[tuple[str, str, str], ...]:
    if re.fullmatch(SELECTOR, selector) is None:
        raise FilterPatternError(f"this selects no field: {selector}")
    return tuple(
        (name or quoted, every, index) for name, every, index, quoted in STEP.findall(selector)
    )


def _step(value: object, name: str, every: str, index: str) -> Iterator[Any]:
    if name and isinstance(value, dict) and name in value:
        yield value[name]
    elif index and isinstance(value, list) and int(index) < len(value):
        yield value[int(index)]
    elif every and isinstance(value, dict | list):
        yield from value.values() if isinstance(value, dict) else value


def unquoted(text: str) -> str:
    """What stands in double quotes, without its backslashes."""
    return re.sub(r"\\(.)", r"\1", text)


class _Parser:
    """Conditions: `||` binds less than `&&`, and parentheses bind most."""

    def __init__(self, text: str) -> None:
        self._tokens: list[_Token] = []
        at, end = 0, len(text.rstrip())
        while at < end:
            found = TOKEN.match(text, at)
            if found is None:
                raise FilterPatternError(f"the rehearsal does not understand: {text[at:]}")
            kind = str(found.lastgroup)
            self._tokens.append(_Token(kind, found[kind]))
            at = found.end()

    def parsed(self) -> Condition:
        whole = self._either()
        if self._tokens:
            raise FilterPatternError(f"nothing may follow: {self._tokens[0].text}")
        return whole

    def _either(self) -> Condition:
        parts = [self._all()]
        while self._take("sign", "||"):
            parts.append(self._all())
        if len(parts) == 1:
            return parts[0]
        known = all(part.texts for part in parts)
        return Condition(
            lambda event: any(part.fulfilled(event) for part in parts),
            frozenset().union(*(part.texts for part in parts)) if known else frozenset(),
        )

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._take("sign", "&&"):
            parts.append(self._one())
        if len(parts) == 1:
            return parts[0]
        return Condition(
            lambda event: all(part.fulfilled(event) for part in parts),
            min(filter(None, (part.texts for part in parts)), key=len, default=frozenset()),
        )

    def _one(self) -> Condition:
        if self._take("sign", "("):
            inner = self._either()
            self._need("sign", ")")
            return inner
        field = self._need("field").text
        if self._take("word", "NOT"):
            self._need("word", "EXISTS")
            return Condition(lambda event: not selected(event, field))
        if self._take("word", "EXISTS"):
            return Condition(lambda event: bool(selected(event, field)))
        if self._take("word", "IS"):
            return self._is(field)
        sign = self._need("compare").text
        kind, text = self._next()
        if kind not in ("quoted", "word"):
            raise FilterPatternError(f"{field} cannot be compared with {text}")
        wanted, quoted = unquoted(text), kind == "quoted"
        compare = _comparison(sign, wanted, quoted=quoted)
        equal = sign == "=" and (quoted or math.isnan(_number(wanted)))
        return Condition(
            lambda event: any(compare(value) for value in selected(event, field)),
            _plain(wanted) if equal else frozenset(),
        )

    def _is(self, field: str) -> Condition:
        word = self._need("word").text
        if word not in ("TRUE", "FALSE", "NULL"):
            raise FilterPatternError(f"nothing IS {word}")
        wanted = {"TRUE": True, "FALSE": False, "NULL": None}[word]
        return Condition(lambda event: any(value is wanted for value in selected(event, field)))

    def _next(self) -> _Token:
        if not self._tokens:
            raise FilterPatternError("the pattern ends too early")
        return self._tokens.pop(0)

    def _need(self, kind: str, text: str = "") -> _Token:
        token = self._next()
        if token.kind != kind or (text and token.text != text):
            raise FilterPatternError(f"{text or kind} expected, and there is: {token.text}")
        return token

    def _take(self, kind: str, text: str) -> bool:
        found = bool(self._tokens) and self._tokens[0] == (kind, text)
        if found:
            self._tokens.pop(0)
        return found


def _plain(text: str) -> frozenset[str]:
    parts = [found for part in text.split("*") for found in PLAIN.findall(part)]
    return frozenset({max(parts, key=len)}) if parts else frozenset()


def _comparison(sign: str, text: str, *, quoted: bool) -> Callable[[object], bool]:
    number = math.nan if quoted else _number(text)
    if sign not in ("=", "!=") and math.isnan(number):
        raise FilterPatternError(f"{sign} needs a number, and there is: {text}")
    like = re.compile(".*".join(map(re.escape, text.split("*"))), re.DOTALL)

    def compare(value: object) -> bool:
        if isinstance(value, bool) or value is None:
            return False
        if isinstance(value, int | float) and not math.isnan(number):
            return NUMERIC[sign](float(value), number)
        if not isinstance(value, str) or sign not in ("=", "!="):
            return False
        return (like.fullmatch(value) is not None) == (sign == "=")

    return compare


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
