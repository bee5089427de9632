"""A buildspec is read as CodeBuild reads it; what the world cannot run is an error that says so."""

import pytest

from rehearsal.world.inside.buildspec import BuildspecError, parse
from rehearsal.world.server import ROOT

LEAST = "version: 0.2\nphases: {build: {commands: [make]}}\n"


@pytest.mark.parametrize(
    "path", ["services/orders/buildspec.yml", "constructs/lockgate/buildspecs/package.yml"]
)
def test_the_project_s_own_buildspecs_can_be_run(path: str) -> None:
    spec = parse((ROOT / path).read_text())
    assert spec.shell == "bash"
    assert spec.phases["install"].runtimes == {"python": "3.13"}
    assert all(phase.commands for phase in spec.phases.values())


def test_the_package_build_aborts_and_puts_out_two_artifacts() -> None:
    spec = parse((ROOT / "constructs/lockgate/buildspecs/package.yml").read_text())
    assert spec.phases["build"].on_failure == "ABORT"
    assert spec.artifact is None
    assert {name: each.base_directory for name, each in spec.secondary.items()} == {
        "assembly": "cdk.out",
        "assets": "build/assets",
    }


def test_everything_that_the_world_knows_is_read() -> None:
    spec = parse(
        """
version: 0.2
env:
  variables: {COUNT: 3, SURE: true}
  secrets-manager: {TOKEN: "team/token:key"}
  parameter-store: {LEVEL: /level}
  exported-variables: [COUNT]
phases:
  build:
    on-failure: CONTINUE
    commands: [one, two]
    finally: [three]
artifacts: {files: ["*"], base-directory: out, discard-paths: yes}
"""
    )
    assert spec.shell == "sh"
    assert spec.variables == {"COUNT": "3", "SURE": "true"}
    assert (spec.secrets, spec.parameters) == ({"TOKEN": "team/token:key"}, {"LEVEL": "/level"})
    assert spec.exported == ("COUNT",)
    assert spec.phases["build"].finally_ == ("three",)
    assert spec.artifact is not None
    assert spec.artifact.discard_paths


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "no YAML"),
        ("[]", "a table"),
        (LEAST.replace("0.2", "0.1"), "0.1.*the world runs 0.2"),
        ("version: 0.2", "phases"),
        (LEAST + "cache: {paths: []}", "does not know cache"),
        (LEAST + "env: {shell: powershell.exe}", r"env\.shell.*bash and sh"),
        (LEAST + "env: {variables: {A: [1]}}", r"env\.variables\.A"),
        (LEAST + "artifacts: {base-directory: x}", r"artifacts\.files"),
        (LEAST + "artifacts: {files: [a], discard-paths: maybe}", "discard-paths"),
        (LEAST.replace("commands: [make]", "commands: {a: b}"), r"build\.commands.*list"),
        (LEAST.replace("commands: [make]", "on-failure: RETRY"), "RETRY.*ABORT or CONTINUE"),
        (LEAST.replace("commands", "runtime-versions: {python: 3}, commands"), "runtime-versions"),
        (LEAST.replace("build:", "test:"), "does not know test"),
    ],
)
def test_what_cannot_be_run_is_named(text: str, said: str) -> None:
    with pytest.raises(BuildspecError, match=f"(?s){said}"):
        parse(text)
