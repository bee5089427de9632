"""What AWS says of the builds of a release: nothing here asks it.

"ActionExecutionDetail" in the CodePipeline API Reference and "Build" in the CodeBuild API
Reference. A build can write none of this: CodePipeline and CodeBuild record it.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

STAGE: Final = "Build"
# Which action puts out which artifacts.
PACKAGE: Final = "Package"
ASSEMBLY, ASSETS, SIGNED = "assembly", "assets", "signed"
PUTS: Final = {PACKAGE: (ASSEMBLY, ASSETS), "Audit": ("evidence",)}
# The stage that has code signed and its one action: of the assets it makes what is signed.
SIGN: Final = "Sign"
COMMIT: Final = r"[0-9a-f]{40}([0-9a-f]{24})?"
STANDARD: Final = "STANDARD"

Record = Mapping[str, Any]
Place = tuple[str, str]


class UnprovenError(ValueError):
    """AWS does not say what would have to be so."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """The build that an action of an execution ran, and where it left its artifacts.

    Attributes:
        build: the build's id.
        places: bucket and key of each artifact, by name.
    """

    build: str
    places: Mapping[str, Place]


@dataclass(frozen=True, kw_only=True)
class Build:
    """One build.

    Attributes:
        arn: its ARN.
        project: its project's name.
        revision: the commit that it was made of.
        image: the image that it ran in.
        buildspec: the SHA-256 of its commands.
        started: when it began.
        finished: when it ended.
    """

    arn: str
    project: str
    revision: str
    image: str
    buildspec: str
    started: datetime
    finished: datetime

    @classmethod
    def of(cls, found: Record, *, project: str, pipeline: str, revision: str) -> Self:
        """Read a build, and see that it is the pipeline's, of the project and of the revision.

        Raises:
            UnprovenError: it is not, or has not succeeded.
        """
        expected = {
            "projectName": project,
            "buildStatus": "SUCCEEDED",
            "initiator": f"codepipeline/{pipeline}",
            "resolvedSourceVersion": revision,
        }
        for name, value in expected.items():
            if found.get(name) != value:
                raise UnprovenError(
                    f"the build {found.get('id')} has {name} {found.get(name)!r}, not {value!r}"
                )
        try:
            return cls(
                arn=str(found["arn"]),
                project=project,
                revision=revision,
                image=str(found["environment"]["image"]),
                buildspec=hashlib.sha256(found["source"]["buildspec"].encode()).hexdigest(),
                started=found["startTime"],
                finished=found["endTime"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise UnprovenError(f"CodeBuild says too little of {found.get('id')}: {error!r}") from (
                error
            )


def revision(execution: Record) -> str:
    """The one commit that an execution is of, which is no rollback.

    Raises:
        UnprovenError: it has another number of source revisions, or it is a rollback.
    """
    if execution.get("executionType") != STANDARD:
        raise UnprovenError(f"the execution is {execution.get('executionType')}, not {STANDARD}")
    found = {each.get("revisionId") for each in execution.get("artifactRevisions") or ()}
    if len(found) != 1:
        raise UnprovenError(f"the execution has {len(found)} source revisions; it must have one")
    [commit] = found
    if not (isinstance(commit, str) and re.fullmatch(COMMIT, commit)):
        raise UnprovenError(f"the execution's source revision is no commit: {commit!r}")
    return commit


def attempt(history: Iterable[Record], action: str, project: str) -> Attempt:
    """The newest attempt at an action, which must have run a build of the project to success.

    Args:
        history: the execution's actions.
        action: the action's name, in the stage `STAGE`.
        project: the project's name.

    Raises:
        UnprovenError: it has not.
    """
    output = _newest(history, STAGE, action).get("output") or {}
    build = str((output.get("executionResult") or {}).get("externalExecutionId") or "")
    if build.partition(":")[0] != project or not build.partition(":")[2]:
        raise UnprovenError(f"{STAGE}/{action} ran {build or 'no build'}, none of {project}")
    return Attempt(build=build, places=_places(output, "outputArtifacts"))


def signed_place(history: Iterable[Record], signer: str, assets: Place) -> Place:
    """Where the newest attempt at signing left the artifact with the signed code.

    Args:
        history: the execution's actions.
        signer: the function that the action must have invoked.
        assets: where the artifact lies that it must have signed.

    Raises:
        UnprovenError: it was another function, it signed something else, or it has not succeeded.
    """
    newest = _newest(history, SIGN, SIGN)
    given, put = newest.get("input") or {}, newest.get("output") or {}
    function = (given.get("configuration") or {}).get("FunctionName")
    if function != signer:
        raise UnprovenError(f"{SIGN}/{SIGN} ran {function}, not {signer}")
    if _places(given, "inputArtifacts").get(ASSETS) != assets:
        raise UnprovenError(f"{SIGN}/{SIGN} has signed other {ASSETS} than were built")
    place = _places(put, "outputArtifacts").get(SIGNED)
    if place is None:
        raise UnprovenError(f"{SIGN}/{SIGN} has put out no artifact {SIGNED}")
    return place


def _newest(history: Iterable[Record], stage: str, action: str) -> Record:
    """The newest attempt at an action, which must have succeeded."""
    tried = [
        each
        for each in history
        if (each.get("stageName"), each.get("actionName")) == (stage, action)
    ]
    if not tried:
        raise UnprovenError(f"the execution has run no {stage}/{action}")
    newest = max(tried, key=lambda each: each["startTime"])
    if newest.get("status") != "Succeeded":
        raise UnprovenError(f"{stage}/{action} is {newest.get('status')}, not Succeeded")
    return newest


def _places(side: Record, which: str) -> dict[str, Place]:
    return {each["name"]: _place(each) for each in side.get(which) or ()}


def _place(artifact: Record) -> Place:
    where = artifact["s3location"]
    return where["bucket"], where["key"]
