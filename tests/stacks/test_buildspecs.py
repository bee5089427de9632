"""The committed buildspecs are what the projects run, and they run on a laptop."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from lockgate.pull_requests import BUILDSPEC as PULL_REQUEST_BUILDSPEC
from stacks.app import ROOT
from stacks.pipeline import BUILDSPECS
from tests.assembly import Assembly

PACKAGE_BUILDSPEC, AUDIT_BUILDSPEC = BUILDSPECS / "package.yml", BUILDSPECS / "audit.yml"
VERIFY_BUILDSPEC = ROOT / "services" / "orders" / "buildspec.yml"
INTEGRATION_BUILDSPEC = ROOT / "services" / "orders" / "integration.yml"
EACH = pytest.mark.parametrize(
    "file",
    [
        PACKAGE_BUILDSPEC,
        AUDIT_BUILDSPEC,
        PULL_REQUEST_BUILDSPEC,
        VERIFY_BUILDSPEC,
        INTEGRATION_BUILDSPEC,
    ],
    ids=lambda f: f.stem,
)


def _bash(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run bash as a build does, with the system's commands on PATH."""
    path = os.pathsep.join([os.defpath, os.environ.get("PATH", "")])
    bash = shutil.which("bash", path=path)
    assert bash is not None
    return subprocess.run(
        [bash, *arguments],
        cwd=cwd,
        env=os.environ | {"PATH": path},
        capture_output=True,
        check=False,
    )


def _commands(file: Path) -> list[str]:
    phases = yaml.safe_load(file.read_text())["phases"]
    return [command for phase in phases.values() for command in phase.get("commands", [])]


@EACH
def test_every_command_is_valid_bash(file: Path) -> None:
    for command in _commands(file):
        done = _bash("-n", "-c", command, cwd=ROOT)
        assert done.returncode == 0, done.stderr


@EACH
def test_nothing_runs_after_a_failed_build(file: Path) -> None:
    # CodeBuild runs post_build even then, and it could put out what was never tested.
    assert "post_build" not in yaml.safe_load(file.read_text())["phases"]


def test_the_projects_run_the_committed_buildspecs_inline(sample: Assembly) -> None:
    inline = {
        properties["Name"]: yaml.safe_load(properties["Source"]["BuildSpec"])
        for _, _, properties in sample.resources("AWS::CodeBuild::Project")
    }
    assert inline == {
        "lockgate-lockgate-pull-requests": yaml.safe_load(PULL_REQUEST_BUILDSPEC.read_text()),
        "lockgate-orders-pipeline-verify": yaml.safe_load(VERIFY_BUILDSPEC.read_text()),
        "lockgate-orders-pipeline-package": yaml.safe_load(PACKAGE_BUILDSPEC.read_text()),
        "lockgate-orders-pipeline-audit": yaml.safe_load(AUDIT_BUILDSPEC.read_text()),
        **{
            f"lockgate-orders-{environment}-integrate": yaml.safe_load(
                INTEGRATION_BUILDSPEC.read_text()
            )
            for environment in ("beta", "prod")
        },
    }


@pytest.mark.parametrize("build", ["Package", "Audit"])
def test_a_build_puts_out_what_the_pipeline_takes(sample: Assembly, build: str) -> None:
    spec = yaml.safe_load((BUILDSPECS / f"{build.lower()}.yml").read_text())
    put_out = spec["artifacts"]["secondary-artifacts"]
    pipeline = sample.only("AWS::CodePipeline::Pipeline", "lockgate-orders-pipeline")
    taken = {
        artifact["Name"]
        for stage in pipeline["Stages"]
        for action in stage["Actions"]
        if action["Name"] == build
        for artifact in action["OutputArtifacts"]
    }
    assert set(put_out) == taken


def test_the_assets_lie_where_the_templates_look_for_them(sample: Assembly, tmp_path: Path) -> None:
    shutil.copytree(sample.out, tmp_path / "cdk.out")
    [copy] = [command for command in _commands(PACKAGE_BUILDSPEC) if "build/assets" in command]
    done = _bash("-c", copy, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    laid = {file.name for file in (tmp_path / "build" / "assets").iterdir()}
    wanted = {
        properties["Code"]["S3Key"]
        for _, _, properties in sample.resources("AWS::Lambda::Function")
    }
    assert wanted == laid


def test_the_copy_fails_where_there_is_no_asset(tmp_path: Path) -> None:
    (tmp_path / "cdk.out").mkdir()
    [copy] = [command for command in _commands(PACKAGE_BUILDSPEC) if "build/assets" in command]
    done = _bash("-c", copy, cwd=tmp_path)
    assert done.returncode != 0
