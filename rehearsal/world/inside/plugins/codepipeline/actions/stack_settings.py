"""What a CloudFormation action's configuration and files say of a stack, as the API takes it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.action import Job
from rehearsal.world.inside.plugins.codepipeline.actions.configuration import (
    declared_json,
    file_of,
    required,
    wrong,
)
from rehearsal.world.inside.plugins.codepipeline.actions.templates import handed

KNOWN = {
    "ActionMode",
    "Capabilities",
    "ChangeSetName",
    "OutputFileName",
    "ParameterOverrides",
    "RoleArn",
    "StackName",
    "TemplateConfiguration",
    "TemplatePath",
}
OVERRIDES_BYTES = 1024


def settings(job: Job) -> dict[str, Any]:
    """The template, its parameters and tags, what is acknowledged, and CloudFormation's role.

    Raises:
        ActionFailedError: something of it is missing or wrong.
    """
    template = file_of(job, required(job, "TemplatePath"))
    file = _file(job)
    parameters = {**_mapping(file, "Parameters"), **dict(_overrides(job))}
    tags = _mapping(file, "Tags")
    capabilities = job.configuration.get("Capabilities", "")
    role = job.configuration.get("RoleArn", "")
    return {
        "StackName": required(job, "StackName"),
        "TemplateBody": handed(job.world, template),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        "Capabilities": [each.strip() for each in capabilities.split(",") if each.strip()],
        **({"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]} if tags else {}),
        **({"RoleARN": role} if role else {}),
    }


def _file(job: Job) -> Mapping[str, Any]:
    path = job.configuration.get("TemplateConfiguration", "")
    file = declared_json(file_of(job, path).decode(), path) if path else {}
    if not isinstance(file, dict):
        wrong(f"{path} is not an object")
    if unknown := sorted(set(file) - {"Parameters", "Tags"}):
        wrong(f"{path}: the world knows no {', '.join(unknown)}")
    return file


def _mapping(file: Mapping[str, Any], name: str) -> dict[str, str]:
    found = file.get(name) or {}
    if not isinstance(found, dict):
        wrong(f"{name} is not an object")
    return {str(key): str(value) for key, value in found.items()}


def _overrides(job: Job) -> Iterator[tuple[str, str]]:
    text = job.configuration.get("ParameterOverrides", "")
    if len(text.encode()) > OVERRIDES_BYTES:
        wrong(f"ParameterOverrides has more than {OVERRIDES_BYTES} bytes")
    declared = declared_json(text, "ParameterOverrides") or {}
    if not isinstance(declared, dict):
        wrong("ParameterOverrides is not an object")
    for key, value in declared.items():
        yield str(key), _value(job, value)


def _value(job: Job, value: object) -> str:
    if isinstance(value, str):
        return value
    found = None
    match value:
        case {"Fn::GetParam": [str() as artifact, str() as file, str() as key]}:
            content = declared_json(file_of(job, f"{artifact}::{file}").decode(), file)
            found = content.get(key) if isinstance(content, dict) else None
        case {"Fn::GetArtifactAtt": [str() as artifact, str() as attribute]}:
            found = _attribute(job, artifact, attribute)
    if found is None:
        wrong(f"ParameterOverrides: the world does not find {json.dumps(value)}")
    return str(found)


def _attribute(job: Job, artifact: str, attribute: str) -> str | None:
    if artifact not in job.inputs:
        return None
    bucket, key = job.artifacts.location(artifact)
    url = f"https://s3.{job.session.region}.amazonaws.com/{bucket}/{key}"
    return {"BucketName": bucket, "ObjectKey": key, "URL": url}.get(attribute)
