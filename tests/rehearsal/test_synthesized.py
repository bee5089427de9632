"""An assembly is synthesized once for the same files, toolchain and place."""

from pathlib import Path
from typing import cast

import pytest

from rehearsal.cdk import Cdk
from rehearsal.store import Store
from rehearsal.synth import SynthError
from rehearsal.synthesized import synthesized


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
    return cast("Path", synthesized(cast("Cdk", cdk), cdk.out, name, Store(store, most=2)))


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
