"""What the commands of a build see: its variables, those of CodeBuild, and its role's keys.

CodeBuild User Guide, "Environment variables in build environments". Of two values for one name
the project's (or StartBuild's) counts and not the buildspec's.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.world.inside.advisories import VARIABLE
from rehearsal.world.inside.buildspec import Buildspec
from rehearsal.world.inside.plugins.codebuild_builds import Build
from rehearsal.world.inside.role_session import RoleSession, endpoint

ARN_PARTS = 7


@dataclass(frozen=True)
class Variables:
    """The variables that somebody declared, and those values that no log may show."""

    values: Mapping[str, str]
    hidden: frozenset[str]


class UnresolvedError(Exception):
    """A secret or parameter cannot be had; the message is CodeBuild's."""


def declared(build: Build, spec: Buildspec, session: RoleSession) -> Variables:
    """What buildspec and project declare, secrets and parameters read as the project's role.

    Raises:
        UnresolvedError: one of them is missing, or the role may not read it.
    """
    found = {name: ("PLAINTEXT", value) for name, value in spec.variables.items()}
    found.update({name: ("PARAMETER_STORE", value) for name, value in spec.parameters.items()})
    found.update({name: ("SECRETS_MANAGER", value) for name, value in spec.secrets.items()})
    for one in build.project.get("environment", {}).get("environmentVariables") or ():
        found[one["name"]] = (one.get("type", "PLAINTEXT"), one["value"])
    values = {name: _value(kind, value, session) for name, (kind, value) in found.items()}
    hidden = {values[name] for name, (kind, _) in found.items() if kind != "PLAINTEXT"}
    return Variables(values, frozenset(hidden - {""}))


def of_codebuild(build: Build, session: RoleSession, sources: Mapping[str, Path]) -> dict[str, str]:
    """What CodeBuild itself adds; the first source is the primary one."""
    record, handover = build.record, build.handover
    primary = next(iter(sources))
    version = handover.version if handover else str(record.get("sourceVersion", ""))
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "AWS_DEFAULT_REGION": session.region,
        "AWS_REGION": session.region,
        "AWS_ENDPOINT_URL": endpoint(),
        VARIABLE: os.environ[VARIABLE],
        "AWS_CA_BUNDLE": os.environ["AWS_CA_BUNDLE"],
        "AWS_EC2_METADATA_DISABLED": "true",
        **session.credentials,
        "CODEBUILD_BUILD_ARN": record["arn"],
        "CODEBUILD_BUILD_ID": record["id"],
        "CODEBUILD_BUILD_IMAGE": str(record.get("environment", {}).get("image", "")),
        "CODEBUILD_BUILD_NUMBER": str(record["buildNumber"]),
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_CI": "true",
        "CODEBUILD_INITIATOR": record["initiator"],
        "CODEBUILD_KMS_KEY_ID": str(record.get("encryptionKey", "")),
        "CODEBUILD_LOG_PATH": build.uuid,
        "CODEBUILD_PROJECT_ARN": str(build.project["arn"]),
        "CODEBUILD_RESOLVED_SOURCE_VERSION": version,
        "CODEBUILD_SOURCE_VERSION": version,
        "CODEBUILD_SRC_DIR": str(sources[primary]),
        **{
            f"CODEBUILD_SRC_DIR_{name}": str(folder)
            for name, folder in sources.items()
            if name != primary
        },
        "CODEBUILD_START_TIME": str(int(record["startTime"] * 1000)),
    }


def _value(kind: str, value: str, session: RoleSession) -> str:
    try:
        if kind == "SECRETS_MANAGER":
            return _secret(value, session.client("secretsmanager"))
        if kind == "PARAMETER_STORE":
            found = session.client("ssm").get_parameter(Name=value, WithDecryption=True)
            return str(found["Parameter"]["Value"])
    except ClientError as error:
        place = "Secrets Manager" if kind == "SECRETS_MANAGER" else "Parameter Store"
        told = error.response["Error"]
        raise UnresolvedError(
            f"{place} Error Message: {told['Code']}: {told.get('Message', '')}"
        ) from error
    return value


def _secret(reference: str, client: Any) -> str:
    """A secret by `id:json-key:version-stage:version-id`, where the id may be an ARN."""
    parts = reference.split(":")
    own = ARN_PARTS if parts[0] == "arn" else 1
    id_, (key, stage, version) = ":".join(parts[:own]), (*parts[own:], "", "", "")[:3]
    more = {"VersionStage": stage} if stage else {}
    more |= {"VersionId": version} if version else {}
    text = str(client.get_secret_value(SecretId=id_, **more)["SecretString"])
    if not key:
        return text
    return _member(text, key)


def _member(text: str, key: str) -> str:
    try:
        content = json.loads(text)
        value = content[key]
    except (ValueError, KeyError, TypeError) as error:
        raise UnresolvedError(
            f"Secrets Manager Error Message: the secret is no JSON object with the key {key}"
        ) from error
    return value if isinstance(value, str) else json.dumps(value)
