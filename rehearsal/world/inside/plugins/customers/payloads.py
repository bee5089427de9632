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


def filled(value: object, chance: random.Random) -> Any:
    """The value with all its fields filled in, by a chance that is asked in a fixed order."""
    if isinstance(value, list):
        return [filled(each, chance) for each in value]
    if not isinstance(value, dict):
        return value
    kind = next((key for key in value if key.startswith("$")), None)
    if kind is None:
        return {key: filled(each, chance) for key, each in value.items()}
    return _FIELDS[kind](value, chance)


def _list(field: Field, chance: random.Random) -> list[Any]:
    return [filled(field["of"], chance) for _ in range(chance.randint(*field["$list"]))]


_FIELDS: Mapping[str, Callable[[Field, random.Random], Any]] = {
    "$choice": lambda field, chance: filled(chance.choice(field["$choice"]), chance),
    "$integer": lambda field, chance: chance.randint(*field["$integer"]),
    "$hex": lambda field, chance: f"{chance.getrandbits(4 * field['$hex']):0{field['$hex']}x}",
    "$text": lambda field, chance: "".join(str(filled(part, chance)) for part in field["$text"]),
    "$json": lambda field, chance: json.dumps(filled(field["$json"], chance)),
    "$list": _list,
}
