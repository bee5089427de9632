"""A role for one job."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from lockgate.acknowledge import acknowledge_wildcard, flatten
from lockgate.permissions import Permission


class JobRole(Construct):
    """A role that one job uses, with exactly the permissions stated and closed to more.

    The permissions stand in a managed policy of its own (NIST 800-53 AC-6 asks for no inline
    policies), which exists before anything can assume the role. `role` ignores whatever a CDK
    construct would add later. Costs nothing.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        job: str,
        trust: iam.IPrincipal,
        permissions: Sequence[Permission],
        path: str,
        boundary: iam.IManagedPolicy | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self.policy = iam.ManagedPolicy(
            self,
            "Policy",
            description=job,
            path=path,
            statements=[permission.statement() for permission in permissions],
        )
        acknowledge_wildcards(self.policy, permissions)
        role = iam.Role(
            self,
            "Role",
            role_name=name,
            description=job,
            assumed_by=trust,
            managed_policies=[self.policy],
            path=path,
            permissions_boundary=boundary,
        )
        self.role: iam.IRole = role.without_policy_updates()


def acknowledge_wildcards(policy: iam.ManagedPolicy, permissions: Sequence[Permission]) -> None:
    """Acknowledge each resource with a wildcard by its permissions' reasons.

    Raises:
        ValueError: a resource has a wildcard and its permission gives no reason, or the other
            way round.
    """
    stack = cdk.Stack.of(policy)
    reasons: dict[str, dict[str, None]] = {}
    for permission in permissions:
        wild = [r for r in permission.resources if "*" in flatten(stack.resolve(r))]
        if bool(wild) != bool(permission.wildcard_reason):
            raise ValueError(
                f"{policy.node.path}: {', '.join(permission.actions)} on "
                f"{'a wildcard needs a' if wild else 'named resources takes no'} wildcard_reason"
            )
        for resource in wild:
            reasons.setdefault(resource, {})[permission.wildcard_reason or ""] = None
    for resource, given in reasons.items():
        acknowledge_wildcard(policy, resource, " ".join(given))
