"""Resource policies of secrets: none that is broken, and on request none that is public."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.world.inside.plugins.secrets.answers import RefusedError


def check(policy: str, *, block_public: bool) -> None:
    """Look at a policy before it is put.

    Raises:
        RefusedError: it is broken, or public where none may be.
    """
    try:
        statements = list(_statements(json.loads(policy)))
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError("MalformedPolicyDocumentException", f"no policy: {error!r}") from error
    if block_public and any(map(_public, statements)):
        why = "The resource policy grants broad access, and public policies are blocked."
        raise RefusedError("PublicPolicyException", why)


def _statements(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    found = document["Statement"]
    for each in [found] if isinstance(found, dict) else found:
        if each["Effect"] not in ("Allow", "Deny") or "Principal" not in each:
            raise ValueError(f"no statement: {each}")
        yield each


def _public(statement: Mapping[str, Any]) -> bool:
    principal = statement["Principal"]
    named = principal.get("AWS") if isinstance(principal, dict) else principal
    everybody = named == "*" or (isinstance(named, list) and "*" in named)
    return everybody and statement["Effect"] == "Allow" and not statement.get("Condition")
