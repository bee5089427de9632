"""Print what catches each seeded defect: ``make seeded``; 1 when one gets through."""

import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.assembly import DELIVERIES, synthesize
from tests.mutations.verdicts import Verdict, verdicts


def main() -> int:
    """Synthesize the default delivery, seed each defect and print the table."""
    with tempfile.TemporaryDirectory() as scratch:
        sample = synthesize(DELIVERIES / "sample.toml", Path(scratch) / "cdk.out")
        found = list(verdicts(sample))
    Console().print(table(found))
    caught = sum(verdict.caught for verdict in found)
    at_synth = sum(bool(verdict.rules) for verdict in found)
    print(f"{caught} of {len(found)} defects caught, {at_synth} of them by the rules at synth")
    return int(caught < len(found))


def table(found: list[Verdict]) -> Table:
    """The defects with what catches them, and why they are defects."""
    columns = Table("defect", "caught by", "why it is one", box=None)
    for verdict in sorted(found, key=lambda verdict: verdict.mutation.resource_type):
        columns.add_row(verdict.mutation.name, verdict.by, verdict.mutation.source)
    return columns


if __name__ == "__main__":
    sys.exit(main())
