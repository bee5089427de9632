"""The assembly of a checkout: synthesized once, and kept for each later run on the same files.

What a synth writes depends on nothing but its files, the toolchain and the place, and two synths
are byte-identical; so it is kept under the digest of these. Only what passed every rule is kept.
The builds in the world know nothing of this: they synthesize each release themselves.
"""

import contextlib
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rehearsal.assembly import Assembly, read
from rehearsal.cdk import Cdk
from rehearsal.warm import KEPT

ASSEMBLIES = KEPT / "assemblies"
# An assembly is some megabytes.
MOST = 6


def digest(tree: str, locks: Mapping[str, str], account: str, region: str) -> str:
    """What a synth depends on, as a file's name.

    Args:
        tree: git's id of the files.
        locks: the SHA-256 of each file that the toolchain is installed by.
        account: whose credentials it would be deployed with.
        region: likewise.
    """
    inputs = json.dumps([tree, dict(sorted(locks.items())), account, region, sys.version])
    return hashlib.sha256(inputs.encode()).hexdigest()


def kept(name: str, store: Path = ASSEMBLIES) -> bool:
    """Whether there is an assembly of that digest."""
    return (store / name).is_dir()


def synthesized(cdk: Cdk, out: Path, name: str, store: Path = ASSEMBLIES) -> Assembly:
    """The assembly, from an earlier run where there is one.

    Args:
        cdk: synthesizes it.
        out: where it has to be.
        name: the digest of all that it depends on.
        store: where assemblies are kept.

    Raises:
        SynthError: the delivery is wrong, or a rule pack has a finding.
    """
    there = store / name
    if there.is_dir():
        shutil.copytree(there, out)
        there.touch()
        return read(out)
    assembly = cdk.synth()
    store.mkdir(parents=True, exist_ok=True)
    # Whole or not at all, whoever else does the same now.
    with tempfile.TemporaryDirectory(dir=store) as scratch:
        copy = shutil.copytree(out, Path(scratch) / name)
        if not there.exists():
            copy.rename(there)
    _prune(store)
    return assembly


def _prune(store: Path) -> None:
    ages: dict[Path, float] = {}
    for each in store.iterdir():
        # Another run may do the same now.
        with contextlib.suppress(FileNotFoundError):
            ages[each] = each.stat().st_mtime
    for each in sorted(ages, key=lambda each: ages[each])[:-MOST]:
        shutil.rmtree(each, ignore_errors=True)
