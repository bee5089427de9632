"""GenerateSecretString: a value by the template's rules, from the world's chance."""

import json
import random
import string
from collections.abc import Mapping
from typing import Any

KINDS = (
    ("ExcludeLowercase", string.ascii_lowercase),
    ("ExcludeUppercase", string.ascii_uppercase),
    ("ExcludeNumbers", string.digits),
    ("ExcludePunctuation", string.punctuation),
)


def value_of(properties: Mapping[str, Any], chance: random.Random) -> str:
    """The value that a template's secret has.

    Raises:
        ValueError: the rules leave nothing to choose from.
    """
    rules = properties.get("GenerateSecretString")
    if not rules:
        return str(properties.get("SecretString", ""))
    if properties.get("SecretString"):
        raise ValueError("a secret has either SecretString or GenerateSecretString")
    value = _password(rules, chance)
    if not rules.get("SecretStringTemplate"):
        return value
    around = json.loads(rules["SecretStringTemplate"])
    return json.dumps({**around, rules["GenerateStringKey"]: value})


def _password(rules: Mapping[str, Any], chance: random.Random) -> str:
    kinds = [signs for name, signs in KINDS if not _on(rules, name)]
    kinds += [" "] if _on(rules, "IncludeSpace") else []
    excluded = set(rules.get("ExcludeCharacters", ""))
    kinds = [left for signs in kinds if (left := "".join(s for s in signs if s not in excluded))]
    length = int(rules.get("PasswordLength", 32))
    each = kinds if _on(rules, "RequireEachIncludedType", otherwise=True) else []
    if not kinds or len(each) > length:
        raise ValueError(f"no password is like that: {dict(rules)}")
    signs = [chance.choice(kind) for kind in each]
    signs += [chance.choice("".join(kinds)) for _ in range(length - len(signs))]
    chance.shuffle(signs)
    return "".join(signs)


def _on(rules: Mapping[str, Any], name: str, *, otherwise: bool = False) -> bool:
    return str(rules.get(name, otherwise)).lower() == "true"
