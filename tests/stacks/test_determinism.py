"""The same delivery gives the same assembly, byte for byte, in whatever process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stacks.app import ROOT
from tests.assembly import Assembly

# A judged synth as the session's, but run by the CDK CLI, in another process and folder.
SYNTH = """
import os
from pathlib import Path
from tests.assembly import DELIVERIES, synthesize
synthesize(DELIVERIES / "full.toml", Path(os.environ["CDK_OUTDIR"]))
"""
CDK = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
SEEDS = ("4711", "4712")


def files(folder: Path) -> dict[str, bytes]:
    """Every file of an assembly: templates, metadata, assets, manifest, tree, report."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def differences(one: Path, other: Path) -> list[str]:
    """The files that only one folder has, or that differ; none is left out."""
    first, second = files(one), files(other)
    return sorted(name for name in first | second if first.get(name) != second.get(name))


def test_plain_python_and_the_cdk_cli_synthesize_the_same_bytes(
    full: Assembly, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere" / "cdk.out"
    other.parent.mkdir()
    script = tmp_path / "synth.py"
    script.write_text(SYNTH)
    # Another seed orders Python's sets differently.
    seed = next(seed for seed in SEEDS if seed != os.environ.get("PYTHONHASHSEED"))
    done = subprocess.run(
        [
            *("node", str(CDK), "synth", "--quiet", "--output", str(other)),
            *("--app", f"{sys.executable} {script}"),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert differences(full.out, other) == []


def test_what_is_compared_is_a_whole_assembly(full: Assembly) -> None:
    compared = set(files(full.out))
    assert {"manifest.json", "tree.json", "validation-report.json"} <= compared
    assert {f"{stack}.template.json" for stack in full.templates} <= compared
    assert any(name.startswith("asset.") for name in compared)


@pytest.mark.parametrize("content", [b"[1, 2]", None], ids=["changed", "missing"])
def test_a_difference_is_found(tmp_path: Path, content: bytes | None) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder / "nested").mkdir(parents=True)
        (tmp_path / folder / "same.json").write_bytes(b"{}")
    (tmp_path / "one" / "nested" / "list.json").write_bytes(b"[2, 1]")
    if content is not None:
        (tmp_path / "other" / "nested" / "list.json").write_bytes(content)
    assert differences(tmp_path / "one", tmp_path / "other") == ["nested/list.json"]
    assert differences(tmp_path / "other", tmp_path / "one") == ["nested/list.json"]


def test_no_path_of_this_machine_is_in_the_assembly(full: Assembly) -> None:
    here = [f"{folder}/".encode() for folder in (full.out.parent, ROOT)]
    found = [name for name, content in files(full.out).items() if any(p in content for p in here)]
    assert found == []
