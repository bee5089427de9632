"""A connection reaches further than any delivery: each role is held to its own repository."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from delivery import Delivery
from lockgate.resource_types import CONNECTION_TYPES, PIPELINE_TYPES, SHARED_TYPES
from stacks import execution_policy
from tests.assembly import Assembly
from tests.connected import HOST, SERVER, SOURCES, described, synthesize
from tests.iam.policies import (
    Role,
    Statement,
    boundary_statements,
    identity_statements,
    is_deployer,
    kind_of_boundary,
    outside_boundary,
    roles,
    text,
    unknown_actions,
    unscoped_actions,
    wildcard_actions,
)

PREFIXES = ("codeconnections", "codestar-connections")
USE = {f"{prefix}:UseConnection" for prefix in PREFIXES}
PASS = {f"{prefix}:PassConnection" for prefix in PREFIXES}
TAKE_TOKEN = {
    f"{prefix}:{action}"
    for prefix in PREFIXES
    for action in ("GetConnection", "GetConnectionToken")
}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
PULL_REQUESTS = "acme-pull-requests"


def about_connections(role: Role) -> list[Statement]:
    return [s for s in role.statements if any("connections:" in a for a in s.actions)]


def sources(assembly: Assembly) -> Iterator[tuple[str, Role, str]]:
    """Each service with its source action's role and connection."""
    by_id = {(role.stack, f"<{role.logical_id}.Arn>"): role for role in roles(assembly)}
    for service in SOURCES:
        stack = f"acme-{service}-pipeline"
        pipeline = assembly.only("AWS::CodePipeline::Pipeline", stack)
        [action] = pipeline["Stages"][0]["Actions"]
        role = by_id[stack, text(action["RoleArn"])]
        yield service, role, text(action["Configuration"]["ConnectionArn"])


def test_a_source_action_reads_its_branch_through_its_connection_and_stores_the_source(
    connected: Assembly,
) -> None:
    for service, role, connection in sources(connected):
        assert role.actions == USE | {"s3:PutObject", "kms:Decrypt", "kms:GenerateDataKey"}
        [statement] = about_connections(role)
        assert statement.resources == (connection,)
        source = SOURCES[service]
        assert statement.conditions == {
            "StringEqualsIfExists": {
                f"{prefix}:{key}": (value,)
                for prefix in PREFIXES
                for key, value in (
                    ("FullRepositoryId", source["repository"]),
                    ("BranchName", source.get("branch", "main")),
                    ("ProviderPermissionsRequired", "read_only"),
                )
            }
        }


def builds(assembly: Assembly) -> Iterator[tuple[Role, str, str]]:
    """The role of each build of pull requests, with its connection and its repository."""
    by_id = {f"<{r.logical_id}.Arn>": r for r in roles(assembly) if r.stack == PULL_REQUESTS}
    for _, _, project in assembly.resources("AWS::CodeBuild::Project", PULL_REQUESTS):
        source = project["Source"]
        repository = source["Location"].removesuffix(".git").split("/", 3)[3]
        yield by_id[text(project["ServiceRole"])], text(source["Auth"]["Resource"]), repository


def test_a_build_of_pull_requests_clones_its_repository_and_writes_its_log_and_no_more(
    connected: Assembly,
) -> None:
    found = list(builds(connected))
    assert len(found) == 4
    for role, connection, repository in found:
        assert role.actions == LOGS | USE | TAKE_TOKEN
        for statement in about_connections(role):
            assert statement.resources == (connection,)
            used = USE & set(statement.actions)
            held = statement.condition("StringEqualsIfExists", "codeconnections:FullRepositoryId")
            assert held == ((repository,) if used else ())


def test_nobody_else_uses_a_connection(connected: Assembly) -> None:
    users = {role.where for _, role, _ in sources(connected)}
    users |= {role.where for role, _, _ in builds(connected)}
    assert {r.where for r in roles(connected) if (USE | TAKE_TOKEN) & r.actions} == users


def test_cloudformation_hands_a_pipelines_connection_to_codepipeline_alone(
    connected: Assembly,
) -> None:
    handed = {role.stack: connection for _, role, connection in sources(connected)}
    passing = [role for role in roles(connected) if PASS & role.actions]
    assert {role.name for role in passing} == {f"{stack}-deploy" for stack in handed}
    for role in passing:
        for statement in about_connections(role):
            [action] = statement.actions
            prefix = action.partition(":")[0]
            assert statement.resources == (handed[role.stack],)
            assert statement.conditions == {
                "StringEquals": {f"{prefix}:PassedToService": ("codepipeline.amazonaws.com",)}
            }


def test_a_pipeline_without_a_rule_passes_no_role_to_events(connected: Assembly) -> None:
    for role in filter(is_deployer, roles(connected)):
        if role.name.endswith("-pipeline-deploy"):
            [passing] = [s for s in role.statements if "iam:PassRole" in s.actions]
            assert "events.amazonaws.com" not in passing.condition(
                "StringEquals", "iam:PassedToService"
            )


def test_every_role_is_within_its_boundary(connected: Assembly) -> None:
    """What builds a stranger's code is held as what runs a service: it changes nothing."""
    for role in roles(connected):
        kind = kind_of_boundary(role)
        assert role.boundary.endswith(f"/boundary/acme-{kind}")
        assert list(outside_boundary(role, boundary_statements(connected, kind))) == []


def test_a_boundary_allows_of_the_sources_what_they_need(connected: Assembly) -> None:
    allowed = {
        kind: {a for s in boundary_statements(connected, kind) if s.allows for a in s.actions}
        for kind in ("workload", "toolchain", "deployer")
    }
    needed = {"workload": USE | TAKE_TOKEN, "toolchain": USE, "deployer": PASS}
    for kind, expected in needed.items():
        assert {action for action in allowed[kind] if "connections:" in action} == expected
        assert not {action for action in allowed[kind] if action.startswith("codecommit:")}


def test_the_boundaries_of_a_delivery_from_codecommit_know_no_connection(sample: Assembly) -> None:
    for kind in ("workload", "toolchain", "deployer"):
        actions = {a for s in boundary_statements(sample, kind) for a in s.actions}
        assert not {action for action in actions if "connections:" in action}


def test_no_statement_allows_more_than_it_names(connected: Assembly) -> None:
    statements = identity_statements(connected)
    assert list(wildcard_actions(statements)) == []
    assert list(unknown_actions(statements)) == []
    assert list(unscoped_actions(statements)) == []


def execution_statements(assembly: Assembly) -> Iterator[dict[str, Any]]:
    for document in execution_policy.documents(assembly.delivery).values():
        yield from document["Statement"]


def allowed_to_cloudformation(assembly: Assembly) -> set[str]:
    return {a for statement in execution_statements(assembly) for a in statement["Action"]}


def test_the_execution_policies_make_connections_and_webhooks_and_pass_the_connections(
    connected: Assembly,
) -> None:
    allowed = allowed_to_cloudformation(connected)
    types = {r["Type"] for t in connected.templates.values() for r in t["Resources"].values()}
    known = SHARED_TYPES | PIPELINE_TYPES | CONNECTION_TYPES
    assert set(CONNECTION_TYPES) <= types <= set(known)
    assert {action for name in types for action in known[name]} | PASS <= allowed
    for statement in execution_statements(connected):
        if PASS & set(statement["Action"]):
            assert list(statement["Condition"]["StringEquals"].values()) == [
                "codepipeline.amazonaws.com"
            ]


def test_the_execution_policies_of_a_delivery_from_codecommit_know_no_connection(
    sample: Assembly,
) -> None:
    allowed = allowed_to_cloudformation(sample)
    assert not {a for a in allowed if "connections:" in a or "Webhook" in a}


@pytest.mark.parametrize("repositories", [0, execution_policy.REPOSITORIES_NAMED])
def test_the_execution_policies_with_connections_fit_managed_policies(repositories: int) -> None:
    """With the longest names, and as many CodeCommit repositories as are named."""
    named = [f"{number}{'r' * 99}" for number in range(repositories)]
    sources = SOURCES | {
        f"l{number}": {"provider": "codecommit", "repository": repository}
        for number, repository in enumerate(named)
    }
    delivery = Delivery.model_validate(described(sources, name="d" * 16))
    documents = execution_policy.documents(delivery)
    assert all(repository in str(documents) for repository in named)
    for document in documents.values():
        assert len(json.dumps(document, separators=(",", ":"))) <= 6144


def test_the_longest_repository_and_branch_fit_a_policy(tmp_path: Path) -> None:
    source = {
        "provider": "gitlab-self-managed",
        "repository": f"{'g' * 249}/{'n' * 250}",
        "branch": "b" * 256,
        "host": HOST,
        "server": SERVER,
    }
    assembly = synthesize(described({"orders": source}, name="d" * 16), tmp_path / "cdk.out")
    for _, _, policy in assembly.resources("AWS::IAM::ManagedPolicy"):
        assert len(json.dumps(policy["PolicyDocument"], separators=(",", ":"))) <= 6144
    for _, _, project in assembly.resources("AWS::CodeBuild::Project"):
        assert len(project["Name"]) <= 150
