"""Measure what the default delivery's roles may do: ``make iam-report``; 1 where one may too much.

With --write, docs/iam-report.md is written instead of printed.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.assembly import DELIVERIES, ROOT, synthesize
from tests.iam.report import render
from tests.iam.survey import survey

DOCUMENT = ROOT / "docs" / "iam-report.md"


def main() -> int:
    """Synthesize the default delivery, look at its roles, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/iam-report.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        sample = synthesize(DELIVERIES / "sample.toml", Path(scratch) / "cdk.out", judged=False)
        found = survey(sample)
        text = render(found)
    if options.write:
        DOCUMENT.write_text(text, encoding="utf-8")
        print(f"wrote {DOCUMENT.relative_to(ROOT)}")
    else:
        print(text)
    for problem in found.problems:
        print(problem, file=sys.stderr)
    return int(bool(found.problems))


if __name__ == "__main__":
    sys.exit(main())
