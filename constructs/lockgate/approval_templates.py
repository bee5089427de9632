"""Approval rules that every pull request to some branches gets."""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_codecommit as codecommit
from constructs import Construct

from lockgate.event_function import MEMORY_MB, TIMEOUT_SECONDS, SourceFunctions
from lockgate.function import FunctionSettings, LeastFunction
from lockgate.permissions import Permission
from lockgate.resource_types import no_narrower

ASSOCIATE = (
    "codecommit:AssociateApprovalRuleTemplateWithRepository",
    "codecommit:DisassociateApprovalRuleTemplateFromRepository",
)
MANAGE_TEMPLATES = (
    "codecommit:CreateApprovalRuleTemplate",
    "codecommit:DeleteApprovalRuleTemplate",
    "codecommit:ListRepositoriesForApprovalRuleTemplate",
    "codecommit:UpdateApprovalRuleTemplateContent",
    "codecommit:UpdateApprovalRuleTemplateDescription",
)
ALL_ACTIONS = (*ASSOCIATE, *MANAGE_TEMPLATES)
# The function answers before it ends, and Lambda may invoke it twice more.
ANSWERED_SECONDS = 600


def sessions_of(scope: Construct, role_name: str) -> str:
    """Whoever has assumed a role, as an approval rule names them."""
    stack = cdk.Stack.of(scope)
    return f"arn:{stack.partition}:sts::{stack.account}:assumed-role/{role_name}/*"


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What a pull request needs before it may be merged.

    Attributes:
        name: of the template, and of the rule on each pull request.
        description: what it is for.
        approvals: how many, 1 or more.
        approvers: whose approvals count; an empty list would let anybody's, a function's too.
        branches: of which pull requests, by the branch that they are to change.
    """

    name: str
    description: str
    approvals: int
    approvers: Sequence[str]
    branches: Sequence[str]


class ApprovalTemplates(Construct):
    """Demands that a repository makes of each pull request to some branches.

    CloudFormation has no type for CodeCommit's approval rule templates, so a custom resource
    makes them: one function that manages templates, associates them with this repository, and
    answers CloudFormation itself. Costs nothing.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        repository: codecommit.IRepository,
        demands: Sequence[Demand],
        shared: SourceFunctions,
    ) -> None:
        """Make the function, and a template for each demand.

        Raises:
            ValueError: a demand names no approvers, or no branches.
        """
        super().__init__(scope, id_)
        function = LeastFunction(
            self,
            "Template",
            job=f"Keep the approval rule templates of {repository.repository_name}",
            package=shared.package,
            settings=FunctionSettings(
                name=None,
                handler="template.handle",
                memory_mb=MEMORY_MB,
                timeout_seconds=TIMEOUT_SECONDS,
                environment={},
            ),
            permissions=[
                Permission(actions=ASSOCIATE, resources=[repository.repository_arn]),
                no_narrower(MANAGE_TEMPLATES),
            ],
            log_key=shared.log_key,
            role_path=shared.role_path,
            boundary=shared.boundary,
            lost_event_reason="CloudFormation waits for the answer to each event, and fails the "
            "change of the stack without one.",
        ).function
        for demand in demands:
            if not demand.approvers or not demand.branches:
                raise ValueError(f"{demand.name}: say whose approvals count, and where")
            properties = {
                "Name": demand.name,
                "Description": demand.description,
                "Approvals": demand.approvals,
                "Approvers": list(demand.approvers),
                "Branches": list(demand.branches),
                "Repositories": [repository.repository_name],
            }
            resource = cdk.CfnCustomResource(
                self,
                demand.name,
                service_token=function.function_arn,
                service_timeout=ANSWERED_SECONDS,
            )
            for key, value in properties.items():
                resource.add_property_override(key, value)
