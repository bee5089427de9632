"""Zips go in and out by name, through S3 only as the project's role; and no process is left."""

import io
import subprocess
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rehearsal.world.inside.build_run import BuildRun, EndedError
from rehearsal.world.inside.buildspec import parse
from rehearsal.world.inside.clock import Clock
from rehearsal.world.inside.plugins.codebuild_builds import Build
from rehearsal.world.inside.plugins.codebuild_files import NoFilesError, Place, pack
from rehearsal.world.inside.plugins.codebuild_handover import Handover, hand_over, taken
from rehearsal.world.inside.plugins.codebuild_outputs import put_out
from rehearsal.world.inside.plugins.codebuild_sources import fetch
from rehearsal.world.inside.role_session import RoleSession
from rehearsal.world.inside.setting import Setting
from tests.rehearsal.world.lambdas import package

SPEC = """
version: 0.2
phases: {build: {commands: [make]}}
artifacts:
  secondary-artifacts:
    assembly: {base-directory: out, files: ["**/*"]}
    assets: {files: ["*.zip"]}
"""
WORLD = cast(
    "Setting",
    SimpleNamespace(
        clock=Clock(0), chance=lambda _name: SimpleNamespace(getrandbits=lambda _bits: 1)
    ),
)


class Store:
    """Stands in for a session of the project's role and its S3."""

    def __init__(self, **objects: bytes) -> None:
        self.objects, self.encryption = dict(objects), {"keys": set[str]()}

    def client(self, _service: str) -> "Store":
        return self

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - AWS's names
        assert Bucket == "store"
        return {"Body": io.BytesIO(self.objects[Key])}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **encryption: str) -> None:  # noqa: N803
        assert Bucket == "store"
        self.objects[Key] = Body
        self.encryption["keys"].add(encryption["SSEKMSKeyId"])


def piped(handover: Handover) -> Build:
    project = {"name": "p", "encryptionKey": "key", "artifacts": {"type": "CODEPIPELINE"}}
    return Build(project=project, handover=handover, record={"id": "p:1"})


def test_sources_are_unpacked_side_by_side_with_the_primary_first(tmp_path: Path) -> None:
    store = cast("RoleSession", Store(a=package("first")))
    handover = hand_over(
        WORLD, inputs={"Other": package("second"), "Main": Place("store", "a")}, primary="Main"
    )
    folders = fetch(piped(handover), tmp_path, store)
    assert list(folders) == ["Main", "Other"]
    assert [(folder / "handler.py").read_text() for folder in folders.values()] == [
        "first",
        "second",
    ]


def test_secondary_artifacts_go_where_codepipeline_wants_them(tmp_path: Path) -> None:
    (tmp_path / "out" / "deep").mkdir(parents=True)
    (tmp_path / "out" / "deep" / "file").write_text("x")
    (tmp_path / "one.zip").write_text("y")
    store = Store()
    outputs = {"assembly": Place("store", "to"), "assets": None}
    handover = hand_over(WORLD, inputs={"S": b""}, outputs=outputs)
    put_out(piped(handover), parse(SPEC), tmp_path, cast("RoleSession", store))
    assert set(store.objects) == {"to"}
    assert store.encryption == {"keys": {"key"}}
    names = {
        name: zipfile.ZipFile(io.BytesIO(content)).namelist()
        for name, content in handover.artifacts.items()
    }
    assert names == {"assembly": ["deep/file"], "assets": ["one.zip"]}
    artifact = parse(SPEC).secondary["assembly"]
    assert pack(artifact, tmp_path) == pack(artifact, tmp_path)


def test_an_artifact_that_the_buildspec_does_not_declare_is_missed(tmp_path: Path) -> None:
    handover = hand_over(WORLD, inputs={"S": b""}, outputs={"other": None})
    spec = parse(SPEC.partition("artifacts:")[0])
    with pytest.raises(NoFilesError, match="no artifact other"):
        put_out(piped(handover), spec, tmp_path, cast("RoleSession", Store()))


def test_a_handover_is_for_one_build() -> None:
    handover = hand_over(WORLD, inputs={"S": b""})
    assert taken(handover.token) is handover
    handover.build_id = "p:1"
    assert taken(handover.token) is None
    assert taken("") is None


def test_a_build_that_runs_away_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    ended = time.monotonic() + 0.3
    run = BuildRun(
        tmp_path / "src",
        tmp_path / "home",
        mode="bash",
        environment={"PATH": "/usr/bin:/bin"},
        exported=(),
        ending=lambda: "TIMED_OUT" if time.monotonic() > ended else "",
        say=lambda _line: None,
    )
    assert run.run("sleep 4711 &", {}) == 0
    with pytest.raises(EndedError, match="TIMED_OUT"):
        run.run("sleep 4711", {})
    run.close()
    running = subprocess.run(["ps", "ax", "-o", "args"], capture_output=True, text=True, check=True)
    assert "sleep 4711" not in running.stdout
