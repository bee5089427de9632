"""A role that a person takes on for a while."""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from lockgate.permissions import Permission
from lockgate.role import acknowledge_wildcards, policies


@dataclass(frozen=True, kw_only=True)
class Duties:
    """What one job is, and what it is not.

    Attributes:
        name: of the role, behind the delivery's.
        job: what it is for.
        allowed: what the job needs beside what it sees.
        denied: what the job must never do, whatever else allows it; one policy for each entry.
    """

    name: str
    job: str
    allowed: Sequence[Permission]
    denied: Sequence[Sequence[iam.PolicyStatement]]


class PersonRole(Construct):
    """A role with a person's duties: it can do what they state and nothing else.

    Its name is chosen, as people look for it when they sign in. Costs nothing.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        delivery: str,
        duties: Duties,
        sees: Sequence[iam.IManagedPolicy],
        trust: iam.IPrincipal,
        session_hours: int,
        path: str,
        boundary: iam.IManagedPolicy,
    ) -> None:
        """Make the role.

        Args:
            scope: the parent.
            id_: the construct's id.
            delivery: the delivery's name.
            duties: the job.
            sees: the policies, shared with others, for what it may see.
            trust: who takes it on.
            session_hours: how long a session lasts at most, 1 to 12.
            path: of the role and its policies.
            boundary: bounds the role.
        """
        super().__init__(scope, id_)
        may = [
            policy(self, f"May{number}", duties.job, permissions, path)
            for number, permissions in enumerate(policies(self, duties.allowed), 1)
        ]
        never = [
            iam.ManagedPolicy(
                self,
                f"Never{number}",
                description=f"Never done by this role. {duties.job}",
                path=path,
                statements=list(statements),
            )
            for number, statements in enumerate(duties.denied, 1)
        ]
        role = iam.Role(
            self,
            "Role",
            role_name=f"{delivery}-{duties.name}",
            description=duties.job,
            assumed_by=trust,
            managed_policies=[*sees, *may, *never],
            max_session_duration=cdk.Duration.hours(session_hours),
            path=path,
            permissions_boundary=boundary,
        )
        self.role: iam.IRole = role.without_policy_updates()


def policy(
    scope: Construct, id_: str, what_for: str, permissions: Sequence[Permission], path: str
) -> iam.ManagedPolicy:
    """A managed policy with these permissions; their wildcards are acknowledged."""
    made = iam.ManagedPolicy(
        scope,
        id_,
        description=what_for,
        path=path,
        statements=[permission.statement() for permission in permissions],
    )
    acknowledge_wildcards(made, permissions)
    return made
