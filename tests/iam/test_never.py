"""The boundaries deny what no role of theirs ever does, even to an administrator's policy."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from policy_sentry.querying.actions import get_action_data

from lockgate.never import BY_CLOUDFORMATION, BY_JOBS, BY_PEOPLE, NEVER, OVERRIDDEN, STORE
from tests.assembly import Assembly
from tests.iam.decision import Request, allowed, applies
from tests.iam.policies import (
    EVERYTHING,
    Role,
    Statement,
    boundary_names,
    boundary_statements,
    is_action,
    roles,
)
from tests.iam.policies import kind_of_boundary as kind_of

JOBS = ("workload", "toolchain", "gate", "review")
PRIVILEGED = {"codebuild:environment.privilegedMode": "true"}
# What CodePipeline and the start of a validation override.
ORDINARY = {
    "codebuild:artifacts": "1",
    "codebuild:environment.environmentVariables": "1",
    "codebuild:environment.environmentVariables.name": "STAGE",
    "codebuild:source.location": "arn:aws:s3:::store/pipeline/source/id",
}


class Call(NamedTuple):
    """A request, and the boundaries that deny it whatever else they list."""

    action: str
    context: dict[str, str]
    kinds: tuple[str, ...]


def calls() -> Iterator[Call]:
    every, people = (*JOBS, "deployer", "people"), (*JOBS, "people")
    yield from (Call(action, {}, every) for action in NEVER)
    yield from (Call(action, {}, people) for action in (*STORE, *BY_CLOUDFORMATION))
    yield from (Call(action, {}, (*JOBS, "deployer")) for action in BY_PEOPLE)
    yield from (Call(action, {}, ("deployer", "people")) for action in BY_JOBS)
    for overridden in (*({key: "anything"} for key in OVERRIDDEN), PRIVILEGED):
        yield Call("codebuild:StartBuild", {**ORDINARY, **overridden}, every)


def cells() -> Iterator[tuple[str, Call]]:
    yield from ((kind, call) for call in calls() for kind in call.kinds)


def refused(assembly: Assembly, kind: str, request: Request) -> bool:
    """Whether an administrator's policy is refused it, though the boundary lists everything."""
    limits = boundary_statements(assembly, kind)
    return not allowed(request, [EVERYTHING], [EVERYTHING, *limits])


@pytest.mark.parametrize(
    ("kind", "call"),
    tuple(cells()),
    ids=lambda v: v if isinstance(v, str) else f"{v.action}-{'-'.join(v.context) or 'plain'}",
)
def test_what_is_never_done_is_refused_even_to_an_administrator(
    assembly: Assembly, kind: str, call: Call
) -> None:
    request = Request(action=call.action, resource="arn:aws:any", context=call.context)

    assert refused(assembly, kind, request)


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:PutRolePermissionsBoundary"])
def test_cloudformation_puts_roles_within_the_boundaries_of_what_it_deploys_alone(
    assembly: Assembly, action: str
) -> None:
    limits = boundary_statements(assembly, "deployer")
    [made_within] = [
        bounds
        for statement in limits
        if (bounds := statement.condition("StringNotEquals", "iam:PermissionsBoundary"))
    ]
    assert {arn.rpartition("-")[2] for arn in made_within} == {"workload", "toolchain", "deployer"}
    for bound in made_within:
        inside = Request(action=action, resource="r", context={"iam:PermissionsBoundary": bound})
        assert not refused(assembly, "deployer", inside)
    gate = made_within[0].rpartition("-")[0] + "-gate"
    for bound in (gate, "arn:aws:iam::aws:policy/AdministratorAccess"):
        outside = Request(action=action, resource="r", context={"iam:PermissionsBoundary": bound})
        assert refused(assembly, "deployer", outside)
    assert refused(assembly, "deployer", Request(action=action, resource="r"))


@pytest.mark.parametrize(
    "action",
    [
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:SetDefaultPolicyVersion",
    ],
)
def test_cloudformation_changes_policies_but_no_boundary(assembly: Assembly, action: str) -> None:
    limits = boundary_statements(assembly, "deployer")
    [covered] = [s.resources for s in limits if not s.allows and "iam:DeletePolicy" in s.actions]
    names = boundary_names(assembly).values()
    assert len(names) == 6
    for name in names:
        arn = covered[0].removesuffix("*") + name
        assert refused(assembly, "deployer", Request(action=action, resource=arn))
    own = "arn:aws:iam::111122223333:policy/lockgate/orders/beta/a"
    assert not refused(assembly, "deployer", Request(action=action, resource=own))


def hindered(role: Role, limits: tuple[Statement, ...]) -> Iterator[str]:
    """What the role's policies allow, on a resource that they name, and a boundary denies."""
    for statement in (each for each in role.statements if each.allows):
        context = {
            key: values[0] for keys in statement.conditions.values() for key, values in keys.items()
        }
        for action in statement.actions:
            for resource in statement.resources:
                request = Request(action=action, resource=resource, context=context)
                if any(not limit.allows and applies(limit, request) for limit in limits):
                    yield f"{role.where}: {action} on {resource}"


def test_the_ordinary_work_of_every_role_is_not_refused(assembly: Assembly) -> None:
    for role in roles(assembly):
        assert list(hindered(role, boundary_statements(assembly, kind_of(role)))) == []


def test_work_that_a_boundary_would_hinder_is_found(sample: Assembly) -> None:
    build = next(role for role in roles(sample) if "codebuild:StartBuild" in role.actions)

    found = list(hindered(build, boundary_statements(sample, "deployer")))

    assert [each.split()[1] for each in found] == ["codebuild:StartBuild"]


@pytest.mark.parametrize("kind", ["toolchain", "review"])
def test_a_build_starts_with_the_overrides_of_codepipeline(assembly: Assembly, kind: str) -> None:
    """Source, artifacts and variables, and a privileged mode that is off."""
    for context in ({}, ORDINARY, {"codebuild:environment.privilegedMode": "false"}):
        request = Request(action="codebuild:StartBuild", resource="r", context=context)
        assert not refused(assembly, kind, request)


def test_what_is_denied_exists_and_is_denied_once() -> None:
    named = [*NEVER, *STORE, *BY_CLOUDFORMATION, *BY_PEOPLE, *BY_JOBS]
    assert all(is_action(action) for action in named)
    assert len(named) == len(set(named))


def test_each_condition_is_on_a_key_that_codebuild_sends_with_a_start() -> None:
    rows = get_action_data("codebuild", "StartBuild")["codebuild"]
    [project] = [
        row for row in rows if row["resource_arn_format"].endswith("project/${ProjectName}")
    ]
    assert {*OVERRIDDEN, *PRIVILEGED} <= set(project["condition_keys"])
