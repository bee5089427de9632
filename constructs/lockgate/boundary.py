"""The most that the roles of a delivery may ever do, whoever writes their policies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from lockgate import (
    approval_templates,
    canary_watch,
    code_signing,
    gate,
    guarded_paths,
    key,
    lambda_target,
    never,
    parameters,
    permissions,
    pipeline_permissions,
    provenance,
    pull_requests,
    records,
    release_gates,
    release_signing,
    rotation,
    traffic_hook,
)
from lockgate.permissions import Permission
from lockgate.resource_types import (
    PIPELINE_TYPES,
    SERVICE_TYPES,
    UNSCOPED,
    actions_for,
    no_narrower,
)
from lockgate.role import acknowledge_wildcards

WORKLOAD_ACTIONS = sorted(
    {
        *permissions.WRITE_LOGS,
        *permissions.READ_SECRET,
        *permissions.USE_KEY,
        *permissions.WRITE_OBJECTS,
        *records.READ,
        *parameters.READ,
        *rotation.ALL_ACTIONS,
        *lambda_target.SHIFT_TRAFFIC,
        *lambda_target.READ_ALARMS,
        *gate.IDENTIFY,
        *gate.READ_COUNTS,
        *gate.TELL,
        *traffic_hook.REPORT,
        *traffic_hook.READ_ALIAS,
        *traffic_hook.INVOKE,
        *traffic_hook.START_WATCH,
        *canary_watch.STOP,
        *canary_watch.RAISE,
    }
)
TOOLCHAIN_ACTIONS = sorted(
    {
        *permissions.READ_OBJECTS,
        *permissions.WRITE_OBJECTS,
        *permissions.USE_KEY,
        *permissions.WRITE_LOGS,
        *permissions.READ_SECRET,
        *rotation.ALL_ACTIONS,
        *pipeline_permissions.ALL_ACTIONS,
        "iam:PassRole",
    }
)
DEPLOYER_ACTIONS = sorted(
    {
        *actions_for([*SERVICE_TYPES.values(), *PIPELINE_TYPES.values()]),
        *permissions.READ_OBJECTS,
        *key.DEPLOY,
        "iam:PassRole",
    }
)
GATE_ACTIONS = sorted(
    {*permissions.WRITE_LOGS, *release_gates.ALL_ACTIONS, *provenance.ALL_ACTIONS}
)
REVIEW_ACTIONS = sorted(
    {
        *permissions.WRITE_LOGS,
        *pull_requests.ALL_ACTIONS,
        *guarded_paths.GUARD,
        *approval_templates.ALL_ACTIONS,
    }
)
IN_ACCOUNT = "A boundary grants nothing; it keeps every role of the delivery inside this account."


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What the roles of a delivery touch outside of their own account and Region.

    Attributes:
        roles: ARNs of the roles that a pipeline assumes in other accounts.
        stores: the accounts whose artifact stores they read.
        keys: ARNs of the keys of those stores.
        visits: what the toolchain's functions do here beside what pipelines do.
        sources: what pipelines do with where their code comes from.
        declares: what CloudFormation's roles do with it.
        pull_requests: what the builds of pull requests do with it.
    """

    roles: Sequence[str] = ()
    stores: Sequence[str] = ()
    keys: Sequence[str] = ()
    visits: Sequence[str] = ()
    sources: Sequence[str] = ()
    declares: Sequence[str] = ()
    pull_requests: Sequence[str] = ()


class Boundaries(Construct):
    """Permissions boundaries: for what runs a service, what delivers it, what holds it back.

    A role can do only what both its policy and its boundary allow. `workload` holds the roles
    that a service stack makes: no IAM, no change to any resource but the alias that shifts, the
    deployment that is stopped and the record that is kept.
    `review` holds the roles around pull requests: they can neither release nor deploy.
    `toolchain` holds the pipelines' roles: builds and actions. It knows no IAM but the passing of
    CloudFormation's role, and changes no resource.
    `deployer` holds CloudFormation's roles: they can make roles, but only roles that carry one of
    these three boundaries, and can change none, nor that of people.
    `gate` holds the functions that open and close the pipelines' gates. It is none of the
    others: a role that a service's own template makes must never report on a pipeline's job,
    so neither a service stack nor a pipeline stack can make a role with it.
    Each denies what none of its roles ever does (`lockgate.never`). Their names are chosen, as
    templates of other stacks name them. Cost nothing.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        delivery: str,
        prefix: str,
        reach: Reach,
        gates: bool,
        signed_code: bool = False,
    ) -> None:
        """Make the boundaries.

        Args:
            scope: the parent.
            id_: the construct's id.
            delivery: the delivery's name.
            prefix: leads their names; an account with several Regions has several of each.
            reach: what lies outside of the account and Region.
            gates: whether the functions that hold releases back are here.
            signed_code: whether functions take signed code alone.
        """
        super().__init__(scope, id_)
        self._delivery = delivery
        self._denied = (*never.TRUST, *never.PROFILES) if signed_code else ()
        trust = never.TRUST if signed_code else ()
        sign = release_signing.ALL_ACTIONS if signed_code else ()
        carry = code_signing.ALL_ACTIONS if signed_code else ()
        if gates:
            self._for_jobs(
                "Gate",
                gate_boundary_name(prefix),
                [*GATE_ACTIONS, *sign],
                more=[release_gates.assume(reach.roles)] if reach.roles else [],
            )
            self._for_jobs("Review", review_name(prefix), REVIEW_ACTIONS)
        self._for_jobs(
            "Workload", workload_name(prefix), [*WORKLOAD_ACTIONS, *reach.pull_requests], reach
        )
        self._for_jobs(
            "Toolchain",
            toolchain_name(prefix),
            [*TOOLCHAIN_ACTIONS, *reach.visits, *reach.sources],
            reach,
        )
        made_within = [workload_name(prefix), toolchain_name(prefix), deployer_name(prefix)]
        bound(
            self,
            "Deployer",
            delivery=delivery,
            name=deployer_name(prefix),
            actions=sorted({*DEPLOYER_ACTIONS, *reach.declares, *carry}),
            reach=reach,
            denied=never.by_cloudformation(
                [boundary_arn(self, delivery, name) for name in made_within],
                # Each by its path: all that there are, in any Region, have no room by name.
                [boundary_arn(self, delivery, "*")],
                trust,
            ),
        )

    def _for_jobs(
        self,
        id_: str,
        name: str,
        actions: Sequence[str],
        reach: Reach | None = None,
        more: Sequence[Permission] = (),
    ) -> None:
        bound(
            self,
            id_,
            delivery=self._delivery,
            name=name,
            actions=sorted(set(actions)),
            reach=reach or Reach(),
            denied=never.by_jobs(self._denied),
            more=more,
        )


def bound(
    scope: Construct,
    id_: str,
    *,
    delivery: str,
    name: str,
    actions: Sequence[str],
    reach: Reach,
    denied: Sequence[iam.PolicyStatement] = (),
    more: Sequence[Permission] = (),
) -> None:
    """Make a boundary: the actions on what the account has and reaches, `more`, less `denied`."""
    stack = cdk.Stack.of(scope)
    # The ARNs of S3 have no account: the condition keeps them inside.
    storage = [action for action in actions if action.startswith("s3:")]
    unscoped = [action for action in actions if action in UNSCOPED]
    owned = [action for action in actions if action not in {*storage, *unscoped}]
    allowed = [
        Permission(
            actions=owned,
            resources=[*_everything(scope, owned), *reach.keys, *reach.roles],
            wildcard_reason=IN_ACCOUNT,
        )
    ]
    if storage:
        accounts = [stack.account, *reach.stores] if reach.stores else stack.account
        allowed.append(
            Permission(
                actions=storage,
                resources=[f"arn:{stack.partition}:s3:::*"],
                conditions={"StringEquals": {"aws:ResourceAccount": accounts}},
                wildcard_reason=IN_ACCOUNT,
            )
        )
    if unscoped:
        allowed.append(no_narrower(unscoped))
    allowed.extend(more)
    policy = iam.ManagedPolicy(
        scope,
        id_,
        managed_policy_name=name,
        description=f"The most that a role of this delivery may do ({id_.lower()})",
        path=f"/{delivery}/boundary/",
        statements=[*(permission.statement() for permission in allowed), *denied],
    )
    acknowledge_wildcards(policy, allowed)


def _everything(scope: Construct, actions: Sequence[str]) -> Iterator[str]:
    """All that the account has of the actions' services."""
    # IAM takes no wildcard for the service in an ARN.
    for service in sorted({action.split(":")[0] for action in actions} - {"sts"}):
        yield permissions.arn(scope, service, "*", region=service != "iam")
    if "cloudwatch:GetDashboard" in actions:
        # A dashboard has no Region, unlike an alarm.
        yield permissions.arn(scope, "cloudwatch", "dashboard/*", region=False)


def workload_name(delivery: str) -> str:
    """The boundary's name for what runs a service."""
    return f"{delivery}-workload"


def toolchain_name(delivery: str) -> str:
    """The boundary's name for what delivers a service."""
    return f"{delivery}-toolchain"


def deployer_name(delivery: str) -> str:
    """The boundary's name for CloudFormation's roles."""
    return f"{delivery}-deployer"


def gate_boundary_name(delivery: str) -> str:
    """The boundary's name for what holds a release back."""
    return f"{delivery}-gate"


def people_name(delivery: str) -> str:
    """The boundary's name for people."""
    return f"{delivery}-people"


def review_name(delivery: str) -> str:
    """The boundary's name for what reviews a change to a service."""
    return f"{delivery}-review"


def boundary_arn(scope: Construct, delivery: str, name: str) -> str:
    """A boundary's ARN, from its name."""
    return permissions.arn(scope, "iam", f"policy/{delivery}/boundary/{name}", region=False)
