"""Roles for a pipeline's actions, one for each."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from lockgate.permissions import Permission, arn
from lockgate.role import JobRole


class ActionRoles(Construct):
    """Makes a role for each action, which the pipeline's role may assume and nobody else.

    The names are chosen: the pipeline's role states them, and where an action acts in another
    account, so does whatever lets it read there. Cost nothing.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        trust: iam.IPrincipal,
        prefix: str,
        path: str,
        boundary: iam.IManagedPolicy,
    ) -> None:
        """Prepare to make roles.

        Args:
            scope: the parent.
            id_: the construct's id.
            trust: the pipeline's role.
            prefix: leads the roles' names.
            path: where the roles live.
            boundary: bounds them.
        """
        super().__init__(scope, id_)
        self._trust = trust
        self._prefix = prefix
        self._path = path
        self._boundary = boundary
        self.arns: list[str] = []

    def make(self, action: str, job: str, permissions: Sequence[Permission]) -> iam.IRole:
        """The role of one action, called by the prefix and the action."""
        name = f"{self._prefix}-{action}"
        self.arns.append(arn(self, "iam", f"role{self._path}{name}", region=False))
        return JobRole(
            self,
            action.title().replace("-", ""),
            job=job,
            trust=self._trust,
            permissions=permissions,
            path=self._path,
            boundary=self._boundary,
            name=name,
        ).role


def only_from(account: str, role_arn: str) -> iam.IPrincipal:
    """One role of another account, which need not exist yet.

    A trust that named the role itself would be refused until it is there, and would be void if
    it were ever made anew (IAM User Guide, "AWS JSON policy elements: Principal").
    """
    return iam.AccountPrincipal(account).with_conditions(
        {"ArnEquals": {"aws:PrincipalArn": role_arn}}
    )
