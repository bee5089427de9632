"""What the releases of a proof are made of, built once: each build only copies it."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.assembly import Assembly
from rehearsal.cdk import Cdk
from rehearsal.permissions.builds import begin, let_copy
from rehearsal.permissions.statements import Statement, without
from rehearsal.scenario import bundled
from rehearsal.set_up import SetUp

# What is released, in the order in which the changes are made on top of each other. The releases
# of scenarios: a good change, one that fails for some customers, one that never starts.
GOOD, OTHER, WORSE, BROKEN = "good", "other", "worse", "broken"
CHANGES = {OTHER: "good", WORSE: "bad-under-traffic", BROKEN: "broken-at-start"}


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What can be released.

    Attributes:
        folder: has a folder of artifacts for each variant.
        assembly: that of the good one, as it was synthesized.
        templates: each variant's template of the service's stack.
    """

    folder: Path
    assembly: Assembly
    templates: dict[str, dict[str, Any]]

    @contextmanager
    def without(self, statement: Statement) -> Iterator[None]:
        """Inside, a statement is gone from what is released, where each release writes it anew."""
        files = {
            file: file.read_text(encoding="utf-8")
            for file in self.folder.glob(f"*/cdk.out/{statement.stack}.template.json")
        }
        policies = [
            json.loads(text)["Resources"][statement.resource]["Properties"]
            for text in files.values()
        ]
        if all(each == policies[0] for each in policies):
            yield
            return
        for file, text in files.items():
            content = json.loads(text)
            policy = content["Resources"][statement.resource]["Properties"]
            policy["PolicyDocument"] = without(policy["PolicyDocument"], statement.number)
            file.write_text(json.dumps(content), encoding="utf-8")
        try:
            yield
        finally:
            for file, text in files.items():
                file.write_text(text, encoding="utf-8")


def prepare(made: SetUp, folder: Path, pipeline_stack: str, service_stack: str) -> Prepared:
    """Synthesize each variant, and let the builds put them out.

    Args:
        made: the delivery in its world, released once.
        folder: where the artifacts go.
        pipeline_stack: whose builds put them out.
        service_stack: what is different from variant to variant.

    Raises:
        SourceError: a scenario's patch does not fit this checkout.
        SynthError: a variant cannot be synthesized.
    """
    scenarios, assemblies = bundled(), {}
    for variant in (GOOD, *CHANGES):
        if variant in CHANGES:
            scenario = scenarios[CHANGES[variant]]
            [release, *_] = scenario.releases
            made.source.apply(scenario.patch(release), scenario.folder / str(release.patch))
        assemblies[variant] = Cdk(made.world, made.source.folder).synth()
        _keep(made.source.folder / "cdk.out", folder / variant)
        let_copy(folder / variant / "cdk.out" / f"{pipeline_stack}.template.json", folder)
    begin(made, folder / GOOD / "cdk.out" / f"{pipeline_stack}.template.json")
    return Prepared(
        folder=folder,
        assembly=assemblies[GOOD],
        templates={
            variant: json.loads((at / "cdk.out" / f"{service_stack}.template.json").read_text())
            for variant in (GOOD, *CHANGES)
            for at in [folder / variant]
        },
    )


def _keep(assembly: Path, target: Path) -> None:
    """Templates, assets and evidence, as the package and the audit build put them out."""
    built = target / "build"
    templates, assets, evidence = target / "cdk.out", built / "assets", built / "evidence"
    for each in (templates, assets, evidence):
        each.mkdir(parents=True)
    (evidence / "audit.json").write_text("{}\n", encoding="utf-8")
    for file in assembly.glob("*.template.json"):
        shutil.copy(file, templates)
    for file in assembly.glob("asset.*.zip"):
        shutil.copy(file, assets / file.name.removeprefix("asset."))
