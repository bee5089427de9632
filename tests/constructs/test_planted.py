"""A violation fails the synth of the app, and the message says what, where and what to do."""

import os
import subprocess
import sys
from typing import NamedTuple

import pytest

from lockgate.rules.codedeploy_rollback import RULE
from stacks.app import ROOT


class Synth(NamedTuple):
    code: int
    message: str


@pytest.fixture(scope="module")
def synths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synth]:
    """What became of the app with each thing planted; without, it is what `sample` is made by."""
    folder = tmp_path_factory.mktemp("planted")
    search = os.pathsep.join([str(ROOT), str(ROOT / "constructs")])
    running = {
        plant: subprocess.Popen(
            [sys.executable, "-m", "tests.constructs.planted", plant, str(folder / plant)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": search},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for plant in ("bucket", "group")
    }
    done = {}
    for plant, process in running.items():
        _, errors = process.communicate(timeout=120)
        done[plant] = Synth(process.returncode, " ".join(errors.split()))
    return done


@pytest.mark.parametrize(
    ("plant", "rule", "path", "fix"),
    [
        (
            "bucket",
            "NIST.800.53.R5-S3DefaultEncryptionKMS",
            "planted/Open",
            "Ensure that encryption is enabled",
        ),
        ("group", RULE.id, "planted/Group", RULE.fix),
    ],
    ids=["an unencrypted bucket", "a group without rollback"],
)
def test_a_violation_fails_the_synth_and_says_where_and_what_to_do(
    synths: dict[str, Synth], plant: str, rule: str, path: str, fix: str
) -> None:
    done = synths[plant]
    assert done.code != 0
    # The rule's own paragraph: its words, the construct's path, the fix, the id at its end.
    paragraphs = [part for part in done.message.split("ERROR ") if f"::{rule}'" in part]
    assert paragraphs, done.message
    assert all(path in paragraph and fix in paragraph for paragraph in paragraphs)
