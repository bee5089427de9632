"""What a pull request to one of the delivery's CodeCommit repositories meets."""

from aws_cdk import aws_codecommit as codecommit
from constructs import Construct

from delivery import Delivery
from lockgate.approval_templates import ApprovalTemplates, Demand, sessions_of
from lockgate.event_function import SourceFunctions
from lockgate.guarded_paths import GuardedPaths
from lockgate.pull_requests import PullRequestValidation
from stacks import names

APPROVING_PEOPLE = 2
# What decides what is deployed, by whom, and by which commands it is judged. All else belongs to
# the services' teams.
GUARDED = (
    "*.toml",
    "Makefile",
    "app.py",
    "cdk.json",
    "constructs/**",
    "lambda/**",
    "requirements/**",
    "stacks/**",
    "supply/**",
)


class Review(Construct):
    """Two people's approval, a security analyst's where it matters, and the validation's.

    A function's approval never counts as a person's: each rule names the roles whose sessions it
    takes. Where no service of the repository wants its pull requests validated, none is demanded.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        delivery: Delivery,
        name: str,
        shared: SourceFunctions,
    ) -> None:
        """Make the rules of a repository.

        Args:
            scope: the parent.
            id_: the construct's id.
            delivery: whose repository it is.
            name: the repository's name.
            shared: the package of the functions, and what all of them have.
        """
        super().__init__(scope, id_)
        repository = codecommit.Repository.from_repository_name(self, "Repository", name)
        sources = [s.source for s in names.services_in(delivery, name)]
        branches = sorted({source.branch for source in sources})
        analysts = sessions_of(self, names.people_role(delivery, names.SECURITY_ANALYST))
        demands = [
            Demand(
                name=names.approval_rule(delivery, name, "two-people"),
                description="Nobody changes alone what is delivered",
                approvals=APPROVING_PEOPLE,
                approvers=[
                    sessions_of(self, names.people_role(delivery, who)) for who in names.APPROVERS
                ],
                branches=branches,
            )
        ]
        GuardedPaths(
            self,
            "Guarded",
            repository=repository,
            branches=branches,
            paths=GUARDED,
            rule=names.SECURITY_ANALYST,
            approvers=[analysts],
            shared=shared,
        )
        if validated := sorted({source.branch for source in sources if source.pull_requests}):
            validation = PullRequestValidation(
                self,
                "Validation",
                name=names.pull_requests(delivery, name),
                repository=repository,
                branches=validated,
                shared=shared,
            )
            demands.append(
                Demand(
                    name=names.approval_rule(delivery, name, "validation"),
                    description="The validation build of the revision passed",
                    approvals=1,
                    approvers=[sessions_of(self, validation.verdict.role.role_name)],
                    branches=validated,
                )
            )
        ApprovalTemplates(
            self,
            "Approvals",
            repository=repository,
            demands=demands,
            shared=shared,
        )
