"""One synth of a delivery, as the tests look at it."""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from delivery import Delivery, load

if TYPE_CHECKING:
    from lockgate.packaging import Package, Packer

# The stacks that a delivery has once, whatever its services.
SHARED_STACKS = ("foundation", "audit", "access")
ROOT = Path(__file__).resolve().parent.parent
DELIVERIES = ROOT / "tests" / "deliveries"
# The digest of nothing; what a real package's is does not matter to a template.
DIGEST = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@dataclass(frozen=True, eq=False)
class Assembly:
    """What a synth wrote: templates by stack name, and the rule packs' report."""

    delivery: Delivery
    out: Path

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        files = sorted(self.out.glob("*.template.json"))
        return {file.name.removesuffix(".template.json"): _read(file) for file in files}

    @cached_property
    def report(self) -> dict[str, Any]:
        return _read(self.out / "validation-report.json")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        return _read(self.out / "manifest.json")

    def resources(
        self, resource_type: str, stack: str | None = None
    ) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Each resource of a type: its stack, logical id and properties."""
        for name, template in self.templates.items():
            if stack in (None, name):
                for logical_id, resource in template["Resources"].items():
                    if resource["Type"] == resource_type:
                        yield name, logical_id, resource.get("Properties", {})

    def only(self, resource_type: str, stack: str) -> dict[str, Any]:
        """The properties of the one resource of a type in a stack."""
        [(_, _, properties)] = self.resources(resource_type, stack)
        return properties


def synthesize(delivery_file: Path, out: Path, *, judged: bool = True) -> Assembly:
    """Synthesize a delivery with packages that hold nothing.

    Raises:
        RuntimeError: a rule pack has a finding.
    """
    # Looking at an assembly that is there takes no CDK, which takes seconds to import.
    import aws_cdk as cdk  # noqa: PLC0415

    from stacks.app import build_app, context  # noqa: PLC0415

    delivery = load(delivery_file, ROOT)
    app = cdk.App(context=context(), outdir=str(out), analytics_reporting=False)
    build_app(delivery, app=app, packer=empty_packer(out), judged=judged)
    app.synth()
    return Assembly(delivery, out)


def empty_packer(out: Path) -> "Packer":
    """A packer whose packages hold nothing."""
    from lockgate.packaging import Package  # noqa: PLC0415

    packages = out.with_name(f"{out.name}-packages")
    packages.mkdir(exist_ok=True)

    def pack(
        name: str,
        sources: Iterable[Path],  # noqa: ARG001
        *,
        out: Path,  # noqa: ARG001
        requirements: Path | None = None,  # noqa: ARG001
        extra: Mapping[str, Path] | None = None,  # noqa: ARG001
    ) -> "Package":
        path = packages / f"{name}.zip"
        with zipfile.ZipFile(path, "w"):
            pass
        return Package(path=path, code_sha256=DIGEST)

    return pack


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


def statements(policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = policy["Statement"]
    return found if isinstance(found, list) else [found]


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
