"""An assembly is synthesized once for the same files, toolchain and place."""

import os
from pathlib import Path
from typing import Any, cast

import pytest

from rehearsal.cdk import Cdk
from rehearsal.synth import SynthError
from rehearsal.synthesized import MOST, digest, synthesized

INPUTS: dict[str, Any] = {
    "tree": "4b825dc6",
    "locks": {"package-lock.json": "1", "requirements/all.txt": "2"},
    "account": "111122223333",
    "region": "eu-central-1",
}
OTHERS: dict[str, Any] = {
    "tree": "4b825dc7",
    "locks": {"package-lock.json": "1", "requirements/all.txt": "3"},
    "account": "111122224444",
    "region": "eu-west-1",
}


class Counted:
    """Synthesizes an assembly without anything in it, or fails."""

    def __init__(self, out: Path, *, fails: bool = False) -> None:
        self.out, self.fails, self.times = out, fails, 0

    def synth(self) -> Path:
        self.times += 1
        self.out.mkdir(parents=True)
        (self.out / "manifest.json").write_text("{}")
        if self.fails:
            raise SynthError("a finding", code=1)
        return self.out


@pytest.fixture(autouse=True)
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rehearsal.synthesized.read", lambda out: out)


def again(cdk: Counted, name: str, store: Path) -> Path:
    return cast("Path", synthesized(cast("Cdk", cdk), cdk.out, name, store))


def test_the_same_inputs_are_synthesized_once(tmp_path: Path) -> None:
    first, second = Counted(tmp_path / "1" / "cdk.out"), Counted(tmp_path / "2" / "cdk.out")

    again(first, "name", tmp_path / "store")
    found = again(second, "name", tmp_path / "store")

    assert (first.times, second.times) == (1, 0)
    assert found == second.out
    assert (second.out / "manifest.json").read_text() == "{}"


def test_what_breaks_a_rule_is_not_kept(tmp_path: Path) -> None:
    broken, store = Counted(tmp_path / "1" / "cdk.out", fails=True), tmp_path / "store"

    with pytest.raises(SynthError):
        again(broken, "name", store)

    mended = Counted(tmp_path / "2" / "cdk.out")
    again(mended, "name", store)
    assert mended.times == 1


@pytest.mark.parametrize("changed", sorted(INPUTS))
def test_other_inputs_have_another_digest(changed: str) -> None:
    assert digest(**INPUTS) == digest(**INPUTS)
    assert digest(**INPUTS | {changed: OTHERS[changed]}) != digest(**INPUTS)


def test_the_one_used_longest_ago_is_forgotten(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for number in range(MOST):
        again(Counted(tmp_path / str(number)), str(number), store)
        os.utime(store / str(number), (number, number))
    again(Counted(tmp_path / "used again"), "0", store)

    again(Counted(tmp_path / "one more"), "one more", store)

    assert {each.name for each in store.iterdir()} == {"0", "2", "3", "4", "5", "one more"}
