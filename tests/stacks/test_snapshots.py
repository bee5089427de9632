"""Every template as it was reviewed; `make test ARGS=--snapshot-update` writes them anew.

A snapshot proves nothing by itself: it shows in a review what a change does to a template. The
packages of these synths hold nothing, so a service's own code changes no snapshot.
"""

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from delivery import load
from stacks import names
from stacks.app import ROOT
from tests.assembly import DELIVERIES, SHARED_STACKS, Assembly


def stack_names(delivery_file: str) -> list[str]:
    """The stacks of a delivery in one place, which pytest must know before any synth."""
    delivery = load(DELIVERIES / f"{delivery_file}.toml", ROOT)
    return [
        *(names.shared_stack(delivery, kind) for kind in SHARED_STACKS),
        *(names.pipeline_stack(delivery, service) for service in delivery.services),
        *(
            names.service_stack(delivery, service, environment)
            for service in delivery.services
            for environment in service.environments
        ),
    ]


# What differs from a delivery in one account from CodeCommit, and is not in the others.
FURTHER = [
    ("three_accounts", "acme-foundation"),
    ("three_accounts", "acme-artifacts-us-east-1"),
    ("three_accounts", "acme-landing-333344445555-us-east-1"),
    ("three_accounts", "acme-orders-pipeline"),
    ("three_accounts", "acme-orders-produs"),
    ("github", "acme-foundation"),
    ("github", "acme-orders-pipeline"),
    ("github", "acme-pull-requests"),
    ("gitlab", "acme-foundation"),
    ("gitlab", "acme-orders-pipeline"),
    ("monorepo", "acme-invoices-pipeline"),
    ("monorepo", "acme-orders-pipeline"),
    ("monorepo", "acme-parcels-pipeline"),
    ("monorepo", "acme-pull-requests"),
]


@pytest.fixture
def template_snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize("stack", stack_names("sample"))
def test_sample(sample: Assembly, stack: str, template_snapshot: SnapshotAssertion) -> None:
    assert sample.templates[stack] == template_snapshot


@pytest.mark.parametrize("stack", stack_names("full"))
def test_full(full: Assembly, stack: str, template_snapshot: SnapshotAssertion) -> None:
    assert full.templates[stack] == template_snapshot


@pytest.mark.parametrize(("delivery", "stack"), FURTHER)
def test_further(
    request: pytest.FixtureRequest,
    delivery: str,
    stack: str,
    template_snapshot: SnapshotAssertion,
) -> None:
    assert request.getfixturevalue(delivery).templates[stack] == template_snapshot


def test_every_stack_has_a_snapshot(sample: Assembly, full: Assembly) -> None:
    assert set(stack_names("sample")) == set(sample.templates)
    assert set(stack_names("full")) == set(full.templates)
