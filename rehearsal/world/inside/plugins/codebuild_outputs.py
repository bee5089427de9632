"""Where a build's artifacts go: to CodePipeline, to S3, or nowhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.world.inside.buildspec import Buildspec
from rehearsal.world.inside.plugins.codebuild_builds import Build
from rehearsal.world.inside.plugins.codebuild_files import NoFilesError, Place, pack, write
from rehearsal.world.inside.plugins.codebuild_handover import Handover
from rehearsal.world.inside.role_session import RoleSession


def put_out(build: Build, spec: Buildspec, source: Path, session: RoleSession) -> None:
    """Pack what the buildspec declares and put it where the project or CodePipeline wants it.

    Raises:
        NoFilesError: something of it is missing.
    """
    if build.handover is not None:
        _to_pipeline(build.handover, _packed(spec, source), build.project, session)
    elif build.project["artifacts"]["type"] == "S3":
        _to_s3(build, _packed(spec, source), session)
    elif build.project["artifacts"]["type"] != "NO_ARTIFACTS":
        raise NoFilesError(f"the world puts out no {build.project['artifacts']['type']}")


def _packed(spec: Buildspec, source: Path) -> dict[str, bytes]:
    """Each artifact as a zip by its identifier; that of the primary one is empty."""
    declared = spec.secondary or ({"": spec.artifact} if spec.artifact else {})
    return {name: pack(artifact, source) for name, artifact in declared.items()}


def _to_pipeline(
    handover: Handover, packed: dict[str, bytes], project: Mapping[str, Any], session: RoleSession
) -> None:
    if "" in packed and len(handover.outputs) == 1:
        packed = {next(iter(handover.outputs)): packed[""]}
    if missing := sorted(set(handover.outputs) - set(packed)):
        raise NoFilesError(f"the buildspec declares no artifact {', '.join(missing)}")
    for name, place in handover.outputs.items():
        if place is not None:
            write(place, packed[name], str(project.get("encryptionKey", "")), session)
    handover.artifacts = packed


def _to_s3(build: Build, packed: Mapping[str, bytes], session: RoleSession) -> None:
    wanted = {"": build.project["artifacts"]}
    wanted |= {
        each["artifactIdentifier"]: each for each in build.project.get("secondaryArtifacts") or ()
    }
    for name, content in packed.items():
        target = wanted.get(name)
        if target is None or target.get("packaging") != "ZIP":
            raise NoFilesError(f"the world puts artifact {name or 'primary'} out as ZIP only")
        parts = [target.get("path", "").strip("/")]
        if target.get("namespaceType") == "BUILD_ID":
            parts.append(build.uuid)
        parts.append(target.get("name") or build.project["name"])
        place = Place(target["location"], "/".join(filter(None, parts)))
        write(place, content, str(build.project.get("encryptionKey", "")), session)
