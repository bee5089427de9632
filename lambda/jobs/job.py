"""A job that CodePipeline hands to a function: which one, what it asks for, where it goes on.

The event of an invoke action is in the CodePipeline User Guide, "Example JSON event". That of a
LambdaInvoke rule is documented nowhere: it may be the same, or hold no job. What is asked is
therefore found wherever it stands, and checked by whoever reads it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

JOB: Final = "CodePipeline.job"
PARAMETERS: Final = "UserParameters"


class MalformedJobError(ValueError):
    """The event does not say what is asked, or not in a form that has one meaning."""


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Temporary credentials. They show in no log: a dataclass prints what has a repr."""

    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """Where an artifact's zip lies, or is to lie."""

    name: str
    bucket: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """One turn of one action.

    Attributes:
        id: what is reported on; empty where the event names no job.
        parameters: what the action's declaration asks for.
        token: what the turn before left for this one; empty at the first.
        artifacts: the input artifacts, in the order of the declaration.
        outputs: the output artifacts, in the order of the declaration.
        credentials: what reads and writes them; nothing where there are none.
    """

    id: str
    parameters: Mapping[str, Any]
    token: Mapping[str, Any] = field(default_factory=dict)
    artifacts: tuple[Artifact, ...] = ()
    outputs: tuple[Artifact, ...] = ()
    credentials: Keys | None = None

    @classmethod
    def of(cls, event: object) -> Self:
        """Read an event.

        Raises:
            MalformedJobError: it has no meaning, or more than one.
        """
        data = _inside(event, JOB, "data")
        return cls(
            id=identity(event),
            parameters=_parameters(event),
            token=_token(data.get("continuationToken")),
            artifacts=tuple(_artifact(each) for each in data.get("inputArtifacts") or ()),
            outputs=tuple(_artifact(each) for each in data.get("outputArtifacts") or ()),
            credentials=_keys(data.get("artifactCredentials")),
        )


def identity(event: object) -> str:
    """The id of the event's job; empty where it names none."""
    found = _inside(event, JOB).get("id")
    return found if isinstance(found, str) else ""


def _inside(value: object, *names: str) -> Mapping[str, Any]:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _parameters(event: object) -> Mapping[str, Any]:
    found = list(_named(event, PARAMETERS))
    if not found and not _inside(event, JOB) and isinstance(event, Mapping):
        return event
    if len(found) != 1:
        raise MalformedJobError(f"the event holds {len(found)} {PARAMETERS}; it must hold one")
    return _object(found[0], PARAMETERS)


def _named(value: object, name: str) -> Iterator[object]:
    """Everything of that name, however deep it stands."""
    match value:
        case Mapping():
            for key, each in value.items():
                if key == name:
                    yield each
                else:
                    yield from _named(each, name)
        case list():
            for each in value:
                yield from _named(each, name)


def _object(value: object, what: str) -> Mapping[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise MalformedJobError(f"{what} is no JSON") from None
    if not isinstance(value, Mapping):
        raise MalformedJobError(f"{what} must be a JSON object")
    return value


def _token(value: object) -> Mapping[str, Any]:
    return {} if value in (None, "") else _object(value, "the continuation token")


def _artifact(value: object) -> Artifact:
    match value:
        case {
            "name": str(name),
            "location": {"s3Location": {"bucketName": str(bucket), "objectKey": str(key)}},
        }:
            return Artifact(name=name, bucket=bucket, key=key)
    raise MalformedJobError("an artifact has no name, or no location in S3")


def _keys(value: object) -> Keys | None:
    match value:
        case {
            "accessKeyId": str(access),
            "secretAccessKey": str(secret),
            "sessionToken": str(token),
        }:
            return Keys(access_key_id=access, secret_access_key=secret, session_token=token)
    return None
