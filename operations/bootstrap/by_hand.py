"""The commands that bootstrap a delivery, for somebody who runs them elsewhere."""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from delivery import Delivery
from delivery.place import Place
from operations import names
from operations.bootstrap import boundary, cdk
from operations.bootstrap.execution import ExecutionPolicies
from operations.command import ROOT

VERSION = "aws iam create-policy-version --set-as-default"


def commands(
    delivery: Delivery,
    places: Iterable[Place],
    *,
    profiles: Mapping[str, str],
    execution: ExecutionPolicies,
    folder: Path,
) -> Iterator[str]:
    """The commands in order; what they read of ours is written to a folder first.

    Args:
        delivery: what is delivered.
        places: where.
        profiles: AWS profiles by account.
        execution: the folders with CloudFormation's policies.
        folder: where the boundary is written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    limits = folder / "bootstrap-boundary.json"
    limits.write_text(json.dumps(boundary.document(delivery), indent=2) + "\n", encoding="utf-8")
    seen: set[str | None] = set()
    for place in places:
        profile = profiles.get(place.account or "")
        if place.account not in seen:
            seen.add(place.account)
            yield f"# In account {place.account or 'ACCOUNT'}. Where a policy is there: {VERSION}"
            yield _make_policy(names.bootstrap_boundary(delivery), limits, profile)
            for name, file in execution.files(delivery, place).items():
                yield _make_policy(name, file, profile)
        yield cdk.shown(cdk.arguments(delivery, place, profile=profile))


def _make_policy(name: str, file: Path, profile: str | None) -> str:
    path = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
    document = ("--policy-document", f"file://{path}")
    as_whom = ("--profile", profile) if profile else ()
    return shlex.join(["aws", "iam", "create-policy", "--policy-name", name, *document, *as_whom])
