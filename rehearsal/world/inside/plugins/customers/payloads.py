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
from typing import Any


def filled(value: object, chance: random.Random) -> Any:
    """The value with all its fields filled in, by a chance that is asked in a fixed order."""
    if isinstance(value, list):
        return [filled(each, chance) for each in value]
    if not isinstance(value, dict):
        return value
    kind = next((key for key in value if key.startswith("$")), None)
    if kind is None:
        return {key: filled(each, chance) for key, each in value.items()}
    given = value[kind]
    match kind:
        case "$choice":
            return filled(chance.choice(given), chance)
        case "$integer":
            return chance.randint(*given)
        case "$hex":
            return f"{chance.getrandbits(4 * given):0{given}x}"
        case "$text":
            return "".join(str(filled(each, chance)) for each in given)
        case "$json":
            return json.dumps(filled(given, chance))
        case "$list":
            return [filled(value["of"], chance) for _ in range(chance.randint(*given))]
    raise ValueError(f"no payload has {kind}")
