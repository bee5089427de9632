"""Functions to be run in a world."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

# The functions around a repository.
SOURCE = Path(__file__).parents[3] / "lambda" / "source"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def package(source: str) -> bytes:
    """A deployment package with one module, `handler`."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("handler.py", dedent(source))
    return content.getvalue()


def folder_package(folder: Path) -> bytes:
    """A deployment package of a folder's modules, as they are deployed."""
    return files_package(*sorted(folder.glob("*.py")))


def files_package(*files: Path) -> bytes:
    """A deployment package of some files, at its root."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in files:
            archive.write(file, file.name)
    return content.getvalue()


def role(
    aws: Callable[[str], Any], name: str, *statements: dict[str, Any], service: str = "lambda"
) -> str:
    """A role that a service may assume and that may do what the statements say."""
    trust = json.dumps(TRUST).replace("lambda.", f"{service}.")
    arn: str = aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        aws("iam").put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)
    return arn


def function(
    aws: Callable[[str], Any],
    name: str,
    source: str,
    *statements: dict[str, Any],
    timeout: int = 900,
) -> dict[str, Any]:
    """Make a function whose module defines `handle`, with a role of its own."""
    made: dict[str, Any] = aws("lambda").create_function(
        FunctionName=name,
        Role=role(aws, f"{name}-role", *statements),
        Runtime="python3.13",
        Handler="handler.handle",
        Timeout=timeout,
        Code={"ZipFile": package(source)},
    )
    return made


def call(aws: Callable[[str], Any], name: str, event: object = None) -> dict[str, Any]:
    """What a function answers; an error where it fails."""
    answer = aws("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    content: dict[str, Any] = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        raise RuntimeError(content["errorMessage"])
    return content
