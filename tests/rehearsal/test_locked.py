"""What builds find installed is found where the services' buildspecs look for it."""

import subprocess
from pathlib import Path

import pytest

from rehearsal import locked
from rehearsal.locked import WarmError
from rehearsal.synth import ROOT

EMPTY = "# nothing, with --hash= nevertheless\n"


def service(source: Path, lock: str) -> Path:
    file = source / "services" / "one" / "requirements-dev.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(lock)
    return file


def test_an_environment_lies_under_the_git_hash_of_its_lock(tmp_path: Path) -> None:
    lock = service(tmp_path, EMPTY)
    told = subprocess.run(["git", "hash-object", lock], capture_output=True, text=True, check=True)

    made = locked.environments(tmp_path, tmp_path / "wheels", tmp_path / "kept")

    [(place, environment)] = made.items()
    assert place == f"build/verify/{told.stdout.strip()}"
    assert Path(environment, "bin", "python").exists()
    assert Path(environment, "ready").exists()


def test_the_samples_buildspec_looks_there() -> None:
    text = (ROOT / "services" / "orders" / "buildspec.yml").read_text()

    assert f'"{locked.TEST_PLACE}/$(git hash-object "$lock")"' in text
    assert f'[ ! -e "$VERIFY_VENV/{locked.DONE}" ]' in text


def test_the_same_lock_is_installed_once_and_another_one_anew(tmp_path: Path) -> None:
    service(tmp_path, EMPTY)
    [first] = locked.environments(tmp_path, tmp_path, tmp_path / "kept").values()
    marked = Path(first, "marked")
    marked.touch()

    [same] = locked.environments(tmp_path, tmp_path, tmp_path / "kept").values()
    service(tmp_path, EMPTY * 2)
    [other] = locked.environments(tmp_path, tmp_path, tmp_path / "kept").values()

    assert same == first
    assert marked.exists()
    assert other != first


def test_a_lock_without_hashes_is_left_to_the_build(tmp_path: Path) -> None:
    service(tmp_path, "nothing-of-this-name==1\n")

    assert locked.environments(tmp_path, tmp_path, tmp_path / "kept") == {}


def test_a_lock_that_cannot_be_installed_is_told_and_leaves_nothing_ready(tmp_path: Path) -> None:
    lock = service(tmp_path, f"nothing-of-this-name==1 --hash=sha256:{'0' * 64}\n")
    kept = tmp_path / "kept"

    with pytest.raises(WarmError, match=f"{lock}: pip cannot install what it locks"):
        locked.environments(tmp_path, tmp_path, kept)

    assert list(kept.glob("*/ready")) == []
