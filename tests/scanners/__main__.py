"""Look through templates, policies and code with others' scanners: `make scanners`.

Exits with 1 when a scanner finds what `exceptions.toml` does not excuse, when an exception excuses
nothing, and when a scanner did not look.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.assembly import DELIVERIES, ROOT, synthesize
from tests.scanners.exceptions import load, weigh
from tests.scanners.run import ScannerError, scan
from tests.scanners.told import PAGE, document, screen


def main() -> int:
    """Scan what the default delivery is made of."""
    parser = argparse.ArgumentParser(prog="make scanners", description=__doc__)
    parser.add_argument("--environment", type=Path, required=True, help="where they are installed")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        sample = synthesize(DELIVERIES / "sample.toml", Path(scratch) / "cdk.out")
        try:
            scans = scan(sample, arguments.environment.resolve(), Path(scratch))
        except ScannerError as error:
            print(error, file=sys.stderr)
            return 1
    weighed = weigh(scans, load())
    Console().print(screen(weighed))
    if arguments.write:
        PAGE.write_text(document(weighed), encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
    return int(bool(weighed.open or weighed.stale))


if __name__ == "__main__":
    sys.exit(main())
