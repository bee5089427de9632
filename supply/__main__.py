"""`python -m supply LOCK …`: audit the checkout; 0 when all is well, 1 when not, 2 on bad input."""

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from supply import policy
from supply.audit import Audit

OUT = Path("build/evidence")


def main(arguments: list[str]) -> int:
    """Audit the checkout in the current folder; the exit code."""
    try:
        accepted = policy.read()
    except policy.PolicyError as error:
        print(error, file=sys.stderr)
        return 2
    shutil.rmtree(OUT, ignore_errors=True)
    audit = Audit(Path.cwd(), OUT, accepted, datetime.now(UTC).date())
    found = list(audit.problems([Path(each) for each in arguments]))
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        print(f"{len(found)} found. What to do: docs/supply-chain.md", file=sys.stderr)
        return 1
    print(f"Nothing found. The evidence is in {OUT}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
