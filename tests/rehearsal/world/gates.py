"""The pipelines' gates as functions of a world, with no more than their roles allow."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from rehearsal.world.world import World
from stacks.app import JOBS, RELEASE, ROOT, SHARED
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.roles import Statement, allow, role_for

REPORT = allow("codepipeline:PutJobSuccessResult codepipeline:PutJobFailureResult", "*")


def gate(
    world: World, aws: Client, name: str, *may: Statement, environment: Mapping[str, str] = {}
) -> dict[str, Any]:
    """Make one of the gates; what an action or a rule says of it, parameters apart."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        folders = [ROOT / "lambda" / folder for folder in (RELEASE, JOBS)]
        found = [path for folder in folders for path in folder.glob("*.py")]
        for path in [*found, *SHARED.values()]:
            archive.write(path, path.name)
    aws("lambda").create_function(
        FunctionName=name,
        Role=role_for(world, "lambda.amazonaws.com", REPORT, *may),
        Runtime="python3.13",
        Handler=f"{name}.handle",
        Timeout=120,
        Environment={"Variables": dict(environment)},
        Code={"ZipFile": content.getvalue()},
    )
    return {"FunctionName": name}


def asking(declared: Mapping[str, Any], **parameters: object) -> dict[str, Any]:
    """What an action's or a rule's configuration asks of a gate."""
    return {**declared, "UserParameters": json.dumps(parameters)}
