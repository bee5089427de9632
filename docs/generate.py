"""Write the documents that a machine knows best, or check that they are fresh.

`make docs` writes them; `make lint` runs this with --check and fails when one is stale.
"""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from delivery import load
from delivery.schema import render
from docs.picture import draw
from lockgate.rules.pack import RULES
from lockgate.rules.rule import Rule
from stacks.app import ROOT, build_app, context

DOCS = ROOT / "docs"
WRITTEN = "<!-- Written by `make docs`; edit what it describes instead. -->\n"


def main() -> int:
    """Write or check every generated file; 1 when one is stale."""
    check = "--check" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch)
        _synthesize(out)
        generated: Mapping[Path, Callable[[], str]] = {
            ROOT / "delivery.schema.json": render,
            DOCS / "acknowledgements.md": lambda: acknowledgements(_report(out)),
            DOCS / "rules.md": rules,
            DOCS / "pipeline.svg": lambda: draw(_pipeline(out)),
        }
        texts = {path: make() for path, make in generated.items()}
    stale = [p for p, text in texts.items() if not p.exists() or p.read_text() != text]
    for path in stale:
        if check:
            print(f"{path.relative_to(ROOT)} is stale: run make docs and commit it")
        else:
            path.write_text(texts[path])
            print(f"wrote {path.relative_to(ROOT)}")
    return int(check and bool(stale))


def _synthesize(out: Path) -> None:
    app = cdk.App(context=context(), outdir=str(out), analytics_reporting=False)
    build_app(load(ROOT / "delivery.toml", ROOT), app=app)
    app.synth()


def _report(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "validation-report.json").read_text()))


def _pipeline(out: Path) -> dict[str, Any]:
    for template in sorted(out.glob("*-pipeline.template.json")):
        for resource in json.loads(template.read_text())["Resources"].values():
            if resource["Type"] == "AWS::CodePipeline::Pipeline":
                return dict(resource["Properties"])
    raise LookupError("the delivery has no pipeline")


def acknowledged(report: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Each acknowledged finding: the construct's path, the rule, the reason."""
    for pack in report["pluginReports"]:
        for violation in pack.get("suppressedViolations", []):
            for construct in violation["violatingConstructs"]:
                yield construct["constructPath"], violation["ruleName"], violation["reason"]


def acknowledgements(report: Mapping[str, Any]) -> str:
    """Every acknowledged finding of the delivery, by stack."""
    found = sorted(set(acknowledged(report)))
    counts = Counter(rule.split("[")[0] for _, rule, _ in found)
    lines = [
        "# Acknowledged findings",
        "",
        WRITTEN,
        (
            f"The rule packs report {len(found)} findings on `delivery.toml` that are right as "
            "they are. Each stands in the code beside the construct that it excuses, with its "
            "reason; the suite fails on one that matches nothing any more. No other finding "
            "passes the synth."
        ),
        "",
        "| rule | findings |",
        "|-|-:|",
        *(f"| {rule} | {count} |" for rule, count in sorted(counts.items())),
    ]
    stack = ""
    for path, rule, reason in found:
        name, _, construct = path.removesuffix("/Resource").partition("/")
        if name != stack:
            stack = name
            lines += ["", f"## {stack}", "", "| construct | finding | why it is right |", "|-|-|-|"]
        lines.append(f"| {construct} | `{rule}` | {reason} |")
    return "\n".join(lines) + "\n"


def rules() -> str:
    """Our own rules: what each asks, how to fix a breach, where it comes from."""
    lines = [
        "# Lockgate's own rules",
        "",
        WRITTEN,
        (
            "Beside CDK's own validator, cdk-nag's AwsSolutions and NIST 800-53 R5, these rules "
            "judge every template at synth. An error fails it, a warning is reported."
        ),
    ]
    for rule in RULES:
        lines += [
            *("", f"## {rule.id}", "", f"Level: {rule.level}. Looks at: {_types(rule)}.", ""),
            *(f"**Wrong:** {rule.what}", "", f"**Fix:** {rule.fix}", "", f"From: {rule.source}."),
        ]
    return "\n".join(lines) + "\n"


def _types(rule: Rule) -> str:
    return ", ".join(f"`{resource_type}`" for resource_type in rule.resource_types)


if __name__ == "__main__":
    sys.exit(main())
