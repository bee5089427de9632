"""A lock names packages of known bytes and nothing else."""

from pathlib import Path

import pytest

from stacks.app import ROOT
from supply.audit import LOCKS
from supply.locks import Locked, LockError, parse, read

HASH = "--hash=sha256:" + "a" * 64
OWN = [*sorted((ROOT / "requirements").glob("*.txt")), *sorted(ROOT.glob(LOCKS))]


@pytest.mark.parametrize(
    "line",
    [
        f"One_Two==1.0 {HASH}",
        f"one-two==1.0 \\\n    {HASH} \\\n    {HASH}\n    # via three",
        f"one.two[extra]==1.0 ; sys_platform == 'win32' \\\n    {HASH}",
    ],
)
def test_a_package_is_read_with_its_version_and_digests(line: str) -> None:
    assert list(parse(line, "lock")) == [
        Locked(name="one-two", version="1.0", digests=("a" * 64,) * line.count("--hash"))
    ]


@pytest.mark.parametrize(
    "line",
    [
        "one==1.0",
        f"one>=1.0 {HASH}",
        f"one {HASH}",
        f"one @ https://example.com/one.whl {HASH}",
        "-r other.txt",
        "--index-url https://example.com/simple",
        "--extra-index-url https://example.com/simple",
        "--find-links wheels",
        "-e .",
        "one==1.0 --hash=md5:0123",
    ],
)
def test_whatever_else_stands_in_a_lock_is_refused(line: str) -> None:
    with pytest.raises(LockError, match="lock: "):
        list(parse(line, "lock"))


@pytest.mark.parametrize("files", [[], ["missing.txt"], ["empty.txt"]])
def test_an_audit_of_nothing_is_none(tmp_path: Path, files: list[str]) -> None:
    (tmp_path / "empty.txt").write_text("# nothing\n")
    with pytest.raises(LockError):
        read(tmp_path / name for name in files)


@pytest.mark.parametrize("lock", OWN, ids=lambda lock: f"{lock.parent.name}-{lock.stem}")
def test_our_locks_are_such(lock: Path) -> None:
    assert list(parse(lock.read_text(), lock.name))
