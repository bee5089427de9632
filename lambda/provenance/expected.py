"""Whether a statement says of a release what it must say: nothing here asks AWS."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from built import PACKAGE, PUTS
from statement import BUILD_TYPE, PREDICATE_TYPE, TYPE
from subjects import Subjects

SHOWN: Final = 120


class MismatchError(ValueError):
    """The statement is not about this release, or not by whom it must be; the message says how."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the provenance of a release must say.

    Attributes:
        builder: the function that must have said it.
        pipeline: the pipeline that must have built it.
        projects: the start of the ARN of each build, up to the project, by action.
        execution: the execution that must have built it.
        revision: the commit that it must have been built from.
        subjects: what is about to be deployed.
        deployed: the names of the artifacts that it is.
        signer: the function that must have had the code signed; empty where code is not.
    """

    builder: str
    pipeline: str
    projects: Mapping[str, str]
    execution: str
    revision: str
    subjects: Subjects
    deployed: Sequence[str] = PUTS[PACKAGE]
    signer: str = ""

    def check(self, payload: bytes) -> str:
        """See that a signed payload says just this; the build that it names.

        Raises:
            MismatchError: it does not.
        """
        said = _statement(payload)
        wanted = {
            ("_type",): TYPE,
            ("predicateType",): PREDICATE_TYPE,
            ("predicate", "runDetails", "builder", "id"): self.builder,
            ("predicate", "buildDefinition", "buildType"): BUILD_TYPE,
            ("predicate", "buildDefinition", "externalParameters"): {
                "pipeline": self.pipeline,
                "revision": self.revision,
            },
            ("predicate", "buildDefinition", "internalParameters", "execution"): self.execution,
            ("predicate", "buildDefinition", "internalParameters", "signer"): self.signer or None,
            ("predicate", "buildDefinition", "resolvedDependencies"): [
                {"name": "source", "digest": {"gitCommit": self.revision}}
            ],
        }
        for path, value in wanted.items():
            if (found := _at(said, path)) != value:
                raise MismatchError(f"{'.'.join(path)} is {_short(found)}, not {_short(value)}")
        self._check_subjects(said)
        return self._check_builds(said)

    def _check_builds(self, said: Mapping[str, Any]) -> str:
        builds = _at(said, ("predicate", "buildDefinition", "internalParameters", "builds"))
        if not isinstance(builds, Mapping) or set(builds) != set(self.projects):
            raise MismatchError(f"the builds are {_short(builds)}; {sorted(self.projects)} built")
        for action, place in self.projects.items():
            arn = _at(builds, (action, "arn"))
            if not (isinstance(arn, str) and arn.startswith(f"{place}:")):
                raise MismatchError(f"{action} was built by {_short(arn)}, not by {place}")
        package = str(builds[PACKAGE]["arn"])
        if _at(said, ("predicate", "runDetails", "metadata", "invocationId")) != package:
            raise MismatchError(f"the invocation is not the build {package}")
        return package

    def _check_subjects(self, said: Mapping[str, Any]) -> None:
        """See that of what is deployed just these are named, each with its digest."""
        named = [_subject(each) for each in _list(said.get("subject"))]
        if len(dict(named)) != len(named):
            raise MismatchError("two subjects have one name")
        told = {name: value for name, value in named if name.partition("/")[0] in self.deployed}
        for name in sorted(set(told) | set(self.subjects)):
            if told.get(name) != self.subjects.get(name):
                raise MismatchError(
                    f"{name} is {self.subjects.get(name, 'not there')}, and was built as "
                    f"{told.get(name, 'nothing that is named')}"
                )


def _statement(payload: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(payload)
    except ValueError:
        raise MismatchError("the statement is no JSON") from None
    if not isinstance(found, Mapping):
        raise MismatchError("the statement is no JSON object")
    return found


def _at(value: object, path: tuple[str, ...]) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _subject(value: object) -> tuple[str, str]:
    match value:
        case {"name": str(name), "digest": {"sha256": str(sha256)}}:
            return name, sha256
    raise MismatchError(f"a subject has no name, or no SHA-256: {_short(value)}")


def _short(value: object) -> str:
    return repr(value)[:SHOWN]
