"""Every environment deploys the same release, and each release has alarms of its own.

The session's synths pack nothing, so all of their digests are equal; here packages differ.
"""

import base64
import hashlib
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from delivery import Delivery, Service, load
from lockgate.packaging import Package
from stacks import names
from stacks.app import ROOT, build_app, context
from stacks.service import ServiceStack
from tests.assembly import DELIVERIES, Assembly


def package(folder: Path, name: str, content: str) -> Package:
    """A package that holds one file, with the digest that Lambda would compute."""
    path = folder / f"{name}-{content}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("content"), content)
    digest = hashlib.sha256(path.read_bytes()).digest()
    return Package(path=path, code_sha256=base64.b64encode(digest).decode())


@dataclass
class Built:
    """An assembly with the packages that it was built from, and how often each was made."""

    folder: Path
    packages: dict[str, Package] = field(default_factory=dict)
    made: Counter[str] = field(default_factory=Counter)
    sources: dict[str, set[Path]] = field(default_factory=dict)

    @property
    def assembly(self) -> Assembly:
        return Assembly(load(DELIVERIES / "full.toml", ROOT), self.folder / "cdk.out")

    def pack(
        self,
        name: str,
        sources: Iterable[Path],
        *,
        out: Path,  # noqa: ARG002
        requirements: Path | None = None,  # noqa: ARG002
        extra: Mapping[str, Path] | None = None,
    ) -> Package:
        """A package whose content no other has, nor the same one made again."""
        self.made[name] += 1
        self.sources[name] = {*sources, *(extra or {}).values()}
        self.packages[name] = package(self.folder, name, f"{name}-{self.made[name]}")
        return self.packages[name]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    release = Built(tmp_path_factory.mktemp("release"))
    out = str(release.folder / "cdk.out")
    app = cdk.App(context=context(), outdir=out, analytics_reporting=False)
    build_app(
        load(DELIVERIES / "full.toml", ROOT), app=app, packer=release.pack, judged=False
    ).synth()
    return release


def test_a_service_is_packed_once_for_all_its_environments(built: Built) -> None:
    services = {"orders": 1, "orders-gate": 1, "invoices": 1, "invoices-gate": 1}
    shared = {f"acme-{each}": 1 for each in ("release", "provenance", "rotation")}
    assert built.made == {"source": 1, **shared, **services}


def test_what_the_pipelines_share_is_packed_with_what_it_has_of_a_gate(built: Built) -> None:
    shared = {"clients.py", "clock.py", "deadline.py", "log.py", "retry.py"}
    for folder in ("release", "provenance"):
        assert built.sources[f"acme-{folder}"] == {
            ROOT / "lambda" / folder,
            ROOT / "lambda" / "jobs",
            *(ROOT / "lambda" / "canary" / name for name in shared),
        }


def test_a_gate_is_packed_with_the_contract_of_its_service(built: Built) -> None:
    for service in built.assembly.delivery.services:
        home = ROOT / service.path
        folders = {ROOT / "lambda" / folder for folder in ("judge", "canary", "hooks", "watch")}
        assert built.sources[service.name] == {home / "src"}
        assert built.sources[f"{service.name}-gate"] == {*folders, home / "contract.json"}


def test_all_environments_publish_a_version_of_the_same_digest(built: Built) -> None:
    for service in built.assembly.delivery.services:
        digests = [
            built.assembly.only(
                "AWS::Lambda::Version", names.service_stack(built.assembly.delivery, service, name)
            )["CodeSha256"]
            for name in service.environments
        ]
        assert digests == [built.packages[service.name].code_sha256] * len(service.environments)


def assets(built: Built, service: Service) -> list[dict[str, str]]:
    """The asset of each function of a service, by handler, in each environment."""
    return [
        {
            function["Handler"]: function["Code"]["S3Key"]
            for _, _, function in built.assembly.resources(
                "AWS::Lambda::Function",
                names.service_stack(built.assembly.delivery, service, environment),
            )
        }
        for environment in service.environments
    ]


def test_all_environments_run_the_same_assets(built: Built) -> None:
    for service in built.assembly.delivery.services:
        first, *others = assets(built, service)
        assert len(first) == 4 + bool(service.secrets)
        assert others == [first] * len(others)


def test_the_function_runs_its_package_and_all_parts_of_the_gate_run_theirs(built: Built) -> None:
    for service in built.assembly.delivery.services:
        for found in assets(built, service):
            own = found.pop(service.handler)
            if rotation := found.pop("rotate.handle", ""):
                assert digest(built, rotation) == built.packages["acme-rotation"].code_sha256
            assert digest(built, own) == built.packages[service.name].code_sha256
            assert set(found) == {"pre_traffic.handle", "watch.handle", "post_traffic.handle"}
            [asset] = set(found.values())
            assert digest(built, asset) == built.packages[f"{service.name}-gate"].code_sha256


def digest(built: Built, asset: str) -> str:
    """The digest of an asset as it lies in the assembly."""
    content = (built.folder / "cdk.out" / f"asset.{asset}").read_bytes()
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


@dataclass(frozen=True)
class Release:
    """What a release of the sample service is made of."""

    code: str = "first"
    gate: str = "first"
    service: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


def deliver(release: Release) -> Delivery:
    """The sample delivery with a release's changes."""
    delivery = load(DELIVERIES / "sample.toml", ROOT)
    changed = dict(delivery.model_dump(exclude_none=True))
    changed["services"] = [{**changed["services"][0], **release.service}]
    changed["environments"] = [
        {**environment, "tags": dict(release.tags)} for environment in changed["environments"]
    ]
    return Delivery.model_validate(changed)


@pytest.fixture(scope="module")
def template(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Release], dict[str, Any]]:
    """Builds the service stack of a release in beta."""

    def build(release: Release) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp("service")
        delivery = deliver(release)
        stack = ServiceStack(
            cdk.App(context=context(), outdir=str(folder / "out"), analytics_reporting=False),
            delivery=delivery,
            service=delivery.services[0],
            environment=delivery.environment("beta"),
            package=package(folder, "orders", release.code),
            gate_package=package(folder, "gate", release.gate),
            rotation_package=package(folder, "rotation", ""),
        )
        return dict(cdk.assertions.Template.from_stack(stack).to_json())

    return build


def ids(template: dict[str, Any], resource_type: str) -> set[str]:
    return {i for i, r in template["Resources"].items() if r["Type"] == resource_type}


def version_alarms(template: dict[str, Any]) -> set[str]:
    """The logical ids of the alarms that the deployment group watches."""
    [group] = ids(template, "AWS::CodeDeploy::DeploymentGroup")
    properties = template["Resources"][group]["Properties"]
    return {alarm["Name"]["Ref"] for alarm in properties["AlarmConfiguration"]["Alarms"]}


@pytest.fixture(scope="module")
def before(template: Callable[[Release], dict[str, Any]]) -> dict[str, Any]:
    """The stack before a release."""
    return template(Release())


SECRET = {"name": "other-key", "description": "Another secret", "used_by": "function"}
NEW_VERSIONS = {
    "code": Release(code="second"),
    "code and gate": Release(code="second", gate="second"),
    "memory": Release(service={"memory_mb": 1024}),
    "time-out": Release(service={"timeout_seconds": 7}),
    "handler": Release(service={"handler": "orders.handler.other"}),
    "secrets": Release(service={"secrets": [SECRET]}),
}
SAME_VERSION = {
    "nothing": Release(),
    "gate": Release(gate="second"),
    "tags": Release(tags={"team": "orders"}),
    "canary": Release(service={"canary": {"requests_per_second": 10.0, "minutes": 45}}),
    "objectives": Release(service={"objectives": {"latency_ms": 123}}),
}


@pytest.mark.parametrize("release", NEW_VERSIONS.values(), ids=NEW_VERSIONS)
def test_a_new_version_gets_new_alarms(
    release: Release, before: dict[str, Any], template: Callable[[Release], dict[str, Any]]
) -> None:
    after = template(release)
    version = "AWS::Lambda::Version"
    assert not ids(before, version) & ids(after, version)
    assert len(version_alarms(before)) == len(version_alarms(after)) == 3
    assert not version_alarms(before) & version_alarms(after)


def test_a_new_runtime_gets_new_alarms(
    before: dict[str, Any],
    template: Callable[[Release], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("lockgate.function.PYTHON", "3.14")
    after = template(Release())
    version = "AWS::Lambda::Version"
    assert not ids(before, version) & ids(after, version)
    assert not version_alarms(before) & version_alarms(after)


@pytest.mark.parametrize("release", SAME_VERSION.values(), ids=SAME_VERSION)
def test_the_same_version_keeps_its_alarms(
    release: Release, before: dict[str, Any], template: Callable[[Release], dict[str, Any]]
) -> None:
    after = template(release)
    version = "AWS::Lambda::Version"
    assert ids(before, version) == ids(after, version)
    assert version_alarms(before) == version_alarms(after)


def test_a_new_version_leaves_every_other_resource_in_its_place(
    before: dict[str, Any], template: Callable[[Release], dict[str, Any]]
) -> None:
    after = template(NEW_VERSIONS["code"])
    gone = set(before["Resources"]) - set(after["Resources"])
    assert gone == version_alarms(before) | ids(before, "AWS::Lambda::Version")
