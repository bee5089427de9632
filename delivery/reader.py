"""Read a delivery file, and say all that is wrong with it at once."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from delivery.agreement import conflicts
from delivery.errors import DeliveryError, Problem
from delivery.explain import disagreement, findings
from delivery.folder import content, is_inside, shortcomings
from delivery.model import Delivery
from delivery.rules import Location
from delivery.wording import place, shown

_POSITION = re.compile(r"(?P<what>.*) \(at (?P<where>.*)\)", re.DOTALL)


def load(path: Path, root: Path) -> Delivery:
    """Read the delivery file and check it, and the folders that it names.

    Args:
        path: the delivery file; a relative path starts at `root`.
        root: the root of the checkout, which the pipeline reads the file from.

    Raises:
        DeliveryError: it cannot be read or used; the error holds every problem of the file.
    """
    file = _shown(root / path, root)
    data = _parse(_read(root / path, root, file), file)
    delivery, problems, sound = _validate(data, file)
    problems += [
        Problem(
            file=file,
            key=place(data, at),
            value=shown(path),
            allowed="a folder of the checkout that holds "
            + ", ".join(content(integration=integration)),
            fix=fix,
        )
        for at, path, integration in _paths(sound)
        for fix in shortcomings(path, root, integration=integration)
    ]
    if delivery is None or problems:
        raise DeliveryError(problems)
    return delivery


def _read(path: Path, root: Path, file: str) -> str:
    def stop(remark: str, fix: str) -> DeliveryError:
        text = "a TOML file in UTF-8, inside the checkout"
        return DeliveryError(
            [Problem(file=file, key="the file", value=f"({remark})", allowed=text, fix=fix)]
        )

    if not is_inside(path, root):
        raise stop("outside", "move it into the checkout: the pipeline reads it from there")
    try:
        if path.exists() and not path.is_file():
            raise stop("not a file", "name the file itself, such as delivery.toml")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise stop(f"not UTF-8 at byte {error.start}", "save it in UTF-8") from None
    except (FileNotFoundError, NotADirectoryError):
        raise stop("missing", "make it, or correct its path") from None
    except OSError as error:
        raise stop(f"unreadable: {error.strerror}", "let your user read it") from None


def _parse(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        what, where = "It nests too deeply", "the file"
    except ValueError as error:
        found = _POSITION.fullmatch(str(error))
        what, where = (found["what"], found["where"]) if found else ("A value is bad", "the file")
        where = where.replace("end of document", _end(text))
    problem = Problem(
        file=file,
        key=where,
        value="(not TOML)",
        allowed="TOML 1.0",
        fix=f"correct it there or just before it. TOML's reader says: {what}",
    )
    raise DeliveryError([problem])


def _validate(
    data: dict[str, Any], file: str
) -> tuple[Delivery | None, list[Problem], Mapping[str, Any]]:
    """Return the delivery if there is one, the problems, and the data without what is wrong."""
    try:
        return Delivery.model_validate(data), [], data
    except ValidationError as error:
        found = list(findings(error, data, file))
        agreement_was_checked = any(each["loc"] == () for each in error.errors())
    problems = [problem for _, problem in found]
    sound = _without(data, [at for at, _ in found])
    if not agreement_was_checked:
        problems += [disagreement(each, data, file) for each in conflicts(sound)]
    return None, problems, sound


def _without(data: Any, wrong: Iterable[Location]) -> Any:  # noqa: ANN401 (TOML is anything)
    """Copy the data as far as it is needed, with None in place of what is wrong."""
    heads: dict[str | int, list[Location]] = {}
    for at in wrong:
        heads.setdefault(at[0], []).append(at[1:])
    sound = dict(data) if isinstance(data, dict) else dict(enumerate(data))
    for key, below in heads.items():
        gone = () in below or key not in sound
        sound[key] = None if gone else _without(sound[key], below)
    return sound if isinstance(data, dict) else list(sound.values())


def _paths(sound: Mapping[str, Any]) -> Iterator[tuple[Location, str, bool]]:
    for position, service in enumerate(sound.get("services") or ()):
        if service is not None and service.get("path") is not None:
            at = ("services", position, "path")
            yield at, service["path"], service.get("integration", True) is True


def _end(text: str) -> str:
    lines = text.split("\n")
    return f"line {len(lines)}, column {len(lines[-1]) + 1}"


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
