"""TOML files with a model: all that is wrong with one is said at once."""

import json
import tomllib
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

LONGEST_VALUE = 60
Location = tuple[int | str, ...]


class Written(BaseModel):
    """What a person writes: no key is unknown, and nothing is turned into another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FileError(Exception):
    """A file of the rehearsal cannot be used; the message names file, key, value and remedy."""


Model = TypeVar("Model", bound=Written)


def read(path: Path, model: type[Model]) -> Model:
    """Read a file.

    Raises:
        FileError: it cannot be read or used; the message has every problem.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise FileError(f"{path}: is not TOML in UTF-8: {error}") from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        lines = "\n".join(f"  {line}" for line in _problems(error, data, model))
        raise FileError(f"{path}:\n{lines}") from error


def _problems(
    error: ValidationError, data: Mapping[str, Any], model: type[Written]
) -> Iterator[str]:
    for each in error.errors(include_url=False):
        at = each["loc"]
        where = _place(at)
        match each["type"]:
            case "missing":
                yield f"{where} is missing"
            case "extra_forbidden":
                keys = ", ".join(sorted(_keys(model, at[:-1])))
                yield f"{where} is unknown; allowed: {keys}"
            case "value_error":
                yield f"{where} = {_shown(data, at)}: {each['ctx']['error']}"
            case _:
                allowed = each["msg"].replace("Input should be ", "allowed: ")
                yield f"{where} = {_shown(data, at)}: {allowed}"


def _place(at: Location) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at)
    return text.removeprefix(".") or "the file"


def _shown(data: object, at: Location) -> str:
    value = data
    for step in at:
        try:
            value = value[step]  # type: ignore[index]
        except (LookupError, TypeError):
            # A step that only pydantic knows, as that of a union's member.
            break
    text = json.dumps(value, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."


def _keys(model: type[BaseModel], at: Sequence[int | str]) -> list[str]:
    """What may stand in the table at a place."""
    for step in at:
        if isinstance(step, int) or step not in model.model_fields:
            continue
        model = _model_in(model.model_fields[step].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(each) for each in typing.get_args(annotation))
    return next((each for each in found if each is not None), None)
