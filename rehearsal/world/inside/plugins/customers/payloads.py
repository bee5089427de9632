"""What a customer sends: a payload with fields that chance fills in.

| In the payload | Becomes |
|-|-|
| `{"$choice": [a, b, ...]}` | one of them |
| `{"$integer": [low, high]}` | a whole number from low to high, both included |
| `{"$hex": n}` | n hexadecimal digits |
| `{"$text": [a, b, ...]}` | the texts that its parts become, joined |
| `{"$json": value}` | the value as JSON text |
| `{"$list": [low, high], "of": value}` | a list of so many values, each filled by itself |
"""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

Field = Mapping[str, Any]
Filling = Callable[[random.Random], Any]


def filled(value: object, chance: random.Random) -> Any:
    """The value with all its fields filled in, by a chance that is asked in a fixed order."""
    return filling(value)(chance)


def filling(value: object) -> Filling:
    """What fills in the fields of the value, for whoever does it often."""
    if isinstance(value, list):
        parts = [filling(each) for each in value]
        return lambda chance: [part(chance) for part in parts]
    if not isinstance(value, dict):
        return lambda _chance: value
    kind = next((key for key in value if key.startswith("$")), None)
    if kind is not None:
        return _FIELDS[kind](value)
    members = [(key, filling(each)) for key, each in value.items()]
    return lambda chance: {key: member(chance) for key, member in members}


def _choice(field: Field) -> Filling:
    choices = [filling(each) for each in field["$choice"]]
    return lambda chance: chance.choice(choices)(chance)


def _integer(field: Field) -> Filling:
    low, high = field["$integer"]
    return lambda chance: chance.randint(low, high)


def _hex(field: Field) -> Filling:
    digits = field["$hex"]
    return lambda chance: f"{chance.getrandbits(4 * digits):0{digits}x}"


def _text(field: Field) -> Filling:
    parts = [filling(part) for part in field["$text"]]
    return lambda chance: "".join(str(part(chance)) for part in parts)


def _json(field: Field) -> Filling:
    value = filling(field["$json"])
    return lambda chance: json.dumps(value(chance))


def _list(field: Field) -> Filling:
    (low, high), of = field["$list"], filling(field["of"])
    return lambda chance: [of(chance) for _ in range(chance.randint(low, high))]


_FIELDS: Mapping[str, Callable[[Field], Filling]] = {
    "$choice": _choice,
    "$integer": _integer,
    "$hex": _hex,
    "$text": _text,
    "$json": _json,
    "$list": _list,
}
