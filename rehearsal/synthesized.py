"""The assembly of a checkout: synthesized once, and kept for each later run on the same files.

What a synth writes depends on nothing but its files, the toolchain and the place, and two synths
are byte-identical; so it is kept under the digest of these. Only what passed every rule is kept.
The builds in the world know nothing of this: they synthesize each release themselves.
"""

import shutil
from pathlib import Path
from typing import Final

from rehearsal.assembly import Assembly, read
from rehearsal.cdk import Cdk
from rehearsal.store import Store
from rehearsal.warm import KEPT

# An assembly is some megabytes.
ASSEMBLIES: Final = Store(KEPT / "assemblies", most=6)


def synthesized(cdk: Cdk, out: Path, name: str, store: Store = ASSEMBLIES) -> Assembly:
    """The assembly, from an earlier run where there is one.

    Args:
        cdk: synthesizes it.
        out: where it has to be.
        name: the digest of all that it depends on.
        store: where assemblies are kept.

    Raises:
        SynthError: the delivery is wrong, or a rule pack has a finding.
    """
    if there := store.find(name):
        shutil.copytree(there, out)
        return read(out)
    assembly = cdk.synth()
    with store.adding(name) as folder:
        shutil.copytree(out, folder)
    return assembly
