"""The fields of a payload that chance fills in; the world's side of them is `payloads.py`."""

from collections.abc import Mapping

from pydantic import JsonValue

FIELDS = {"$choice", "$integer", "$hex", "$text", "$json", "$list"}


def check_fields(value: JsonValue) -> None:
    """Look whether chance can fill in every field of a payload.

    Raises:
        ValueError: a field is unknown or holds what it may not.
    """
    if isinstance(value, list):
        for each in value:
            check_fields(each)
    elif isinstance(value, dict):
        signs = [key for key in value if key.startswith("$")]
        if signs:
            _check_field(signs[0], value)
        for each in value.values():
            check_fields(each)


def _check_field(sign: str, field: Mapping[str, JsonValue]) -> None:
    given = field[sign]
    if sign not in FIELDS:
        raise ValueError(f"{sign} is no field; allowed: {', '.join(sorted(FIELDS))}")
    beside = {"of"} if sign == "$list" else set()
    if set(field) != {sign} | beside:
        raise ValueError(f"allowed beside {sign}: {', '.join(beside) or 'nothing'}")
    if sign in {"$choice", "$text"} and not (isinstance(given, list) and given):
        raise ValueError(f"allowed for {sign}: a list that is not empty")
    if sign in {"$integer", "$list"} and not _is_range(given):
        raise ValueError(f"allowed for {sign}: two whole numbers, the lower first")
    if sign == "$hex" and not (type(given) is int and given > 0):
        raise ValueError("allowed for $hex: how many digits")


def _is_range(given: JsonValue) -> bool:
    if not isinstance(given, list) or [type(each) for each in given] != [int, int]:
        return False
    low, high = given
    return isinstance(low, int) and isinstance(high, int) and low <= high
