"""What builds in the world are spared."""

import os
import subprocess
import sys

import pytest

from rehearsal.synth import ROOT
from rehearsal.warm import WITH_CDK

PROMISES = sorted(
    file.stem.removeprefix("test_promises_") for file in ROOT.glob("tests/stacks/test_promises_*")
)


def loads_cdk(promises: list[str]) -> bool:
    modules = [f"tests.stacks.test_promises_{name}" for name in promises]
    code = f"import sys, {', '.join(modules)}; print('aws_cdk' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "constructs")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()[-1] == "True"


def test_the_promises_that_a_build_holds_its_release_to_load_no_cdk() -> None:
    rest = [name for name in PROMISES if name not in WITH_CDK]

    assert rest
    assert not loads_cdk(rest)


@pytest.mark.parametrize("name", WITH_CDK)
def test_no_other_promises_are_left_to_the_suite(name: str) -> None:
    assert loads_cdk([name])
