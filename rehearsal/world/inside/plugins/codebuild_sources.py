"""Where a build's source and buildspec come from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.world.inside.buildspec import Buildspec, BuildspecError, parse
from rehearsal.world.inside.plugins.codebuild_builds import Build
from rehearsal.world.inside.plugins.codebuild_files import NoFilesError, Place, read, unpack
from rehearsal.world.inside.plugins.codebuild_pull import pull
from rehearsal.world.inside.role_session import RoleSession

CODECOMMIT = "CODECOMMIT"


def fetch(build: Build, folder: Path, session: RoleSession) -> dict[str, Path]:
    """Unpack the sources, each in a folder of its own, and name them; the primary one is first.

    Raises:
        NoFilesError: a source is of a type that the world does not know.
    """
    zips = _handed(build) if build.handover else _own(build.project)
    folders: dict[str, Path] = {}
    for number, (name, content) in enumerate(zips.items()):
        folders[name] = folder / f"src{number}"
        folders[name].mkdir(parents=True)
        if content is not None:
            unpack(read(content, session), folders[name])
    if build.handover is None and build.project["source"]["type"] == CODECOMMIT:
        pull(build, next(iter(folders.values())), session)
    return folders


def spec_of(build: Build, source: Path) -> Buildspec:
    """The project's buildspec, which it has inline or names a file of the source.

    Raises:
        BuildspecError: there is none, or the world cannot run it.
    """
    said = str(build.project["source"].get("buildspec") or "buildspec.yml")
    if "\n" in said.strip() or not said.strip().endswith((".yml", ".yaml")):
        return parse(said)
    path = source / said.strip()
    if not path.is_file():
        raise BuildspecError(f"YAML file does not exist: {said.strip()}")
    return parse(path.read_text())


def _handed(build: Build) -> dict[str, bytes | Place | None]:
    if build.handover is None:
        return {}
    inputs = build.handover.inputs
    others = {name: zip_ for name, zip_ in inputs.items() if name != build.handover.primary}
    return {build.handover.primary: inputs[build.handover.primary], **others}


def _own(project: Mapping[str, Any]) -> dict[str, bytes | Place | None]:
    secondary = project.get("secondarySources") or ()
    return {
        "": _place(project["source"]),
        **{each["sourceIdentifier"]: _place(each) for each in secondary},
    }


def _place(source: Mapping[str, Any]) -> Place | None:
    if source["type"] in ("NO_SOURCE", CODECOMMIT):
        return None
    if source["type"] == "S3":
        bucket, _, key = str(source["location"]).removeprefix("arn:aws:s3:::").partition("/")
        return Place(bucket, key)
    raise NoFilesError(f"the world knows no source of type {source['type']}")
