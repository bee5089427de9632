"""The functions that the pipelines of a delivery ask before they let a release go on."""

from collections.abc import Sequence

from aws_cdk import aws_s3 as s3
from constructs import Construct

from lockgate.freeze import READ_FREEZE, ReleaseFreeze
from lockgate.job_functions import REPORT, JobFunction, JobHome, job_functions
from lockgate.permissions import (
    USE_KEY,
    WRITE_OBJECTS,
    Permission,
    arn,
    on_objects,
    use_artifact_key,
)
from lockgate.pipeline_permissions import CREATE_CHANGE_SET, READ_STACK
from lockgate.resource_types import no_narrower
from lockgate.shared_functions import FREEZE, REVIEW, SOAK
from lockgate.site import REVIEWS

CHANGE_SET = REVIEW
READ_TEMPLATE = ("s3:GetObject",)
ASK_EXECUTION = ("codepipeline:GetPipelineExecution",)
COUNT = ("cloudwatch:GetMetricData",)
ASSUME = ("sts:AssumeRole",)
# What all of them may do in their own account, logs apart.
ALL_ACTIONS = (
    *READ_FREEZE,
    *REPORT,
    *CREATE_CHANGE_SET,
    *READ_STACK,
    *READ_TEMPLATE,
    *WRITE_OBJECTS,
    *USE_KEY,
    *ASK_EXECUTION,
    *COUNT,
)
MEMORY_MB = 512
# A turn is a few calls; CodePipeline calls again for the next.
TIMEOUT_SECONDS = 120


class ReleaseGates(Construct):
    """Three gates that all pipelines of a delivery share: freeze, review and soak.

    `freeze` reads the one parameter. `review` makes the change set called `review` on stacks of
    the delivery, which no role may execute, and puts templates too large for the call into a
    folder of the artifact store. `soak` counts requests and asks whether an execution is a
    rollback. All three report on CodePipeline's jobs; in other accounts, review and soak do
    what the roles named allow, each of which must trust them. They hold no state. Cost nothing
    when idle.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        home: JobHome,
        freeze: ReleaseFreeze,
        store: s3.IBucket,
        roles_elsewhere: Sequence[str] = (),
    ) -> None:
        """Make the functions.

        Args:
            scope: the parent.
            id_: the construct's id.
            home: where they live.
            freeze: what holds releases back.
            store: the artifact store, with its key.
            roles_elsewhere: the ARNs of roles in other accounts that review and soak assume.
        """
        super().__init__(scope, id_)
        elsewhere = [assume(roles_elsewhere)] if roles_elsewhere else []
        wanted = {
            FREEZE: JobFunction(
                job="Hold releases back while they are frozen",
                environment={"FREEZE_PARAMETER": freeze.name},
                permissions=[freeze.read()],
            ),
            REVIEW: JobFunction(
                job="Say what a release would change",
                environment={"TEMPLATES": f"{store.bucket_name}/{REVIEWS}"},
                permissions=[*self._propose(home.delivery), *_keep_templates(store), *elsewhere],
            ),
            SOAK: JobFunction(
                job="Hold a release until customers have used it",
                permissions=[self._ask_execution(home.delivery), no_narrower(COUNT), *elsewhere],
            ),
        }
        self.functions = job_functions(
            self,
            wanted,
            home=home,
            memory_mb=MEMORY_MB,
            timeout_seconds=TIMEOUT_SECONDS,
        )

    def _propose(self, delivery: str) -> list[Permission]:
        stacks = [arn(self, "cloudformation", f"stack/{delivery}-*/*")]
        shared = "One gate reviews each stack of the delivery, and a stack's ARN ends at random."
        return [
            Permission(
                actions=CREATE_CHANGE_SET,
                resources=stacks,
                conditions={"StringEquals": {"cloudformation:ChangeSetName": CHANGE_SET}},
                wildcard_reason=shared,
            ),
            Permission(actions=READ_STACK, resources=stacks, wildcard_reason=shared),
        ]

    def _ask_execution(self, delivery: str) -> Permission:
        return Permission(
            actions=ASK_EXECUTION,
            resources=[arn(self, "codepipeline", f"{delivery}-*")],
            wildcard_reason="One gate serves each pipeline of the delivery.",
        )


def assume(roles: Sequence[str]) -> Permission:
    """Act as one of the roles, in whose account that is."""
    wild = any("*" in role for role in roles)
    return Permission(
        actions=ASSUME,
        resources=list(roles),
        wildcard_reason="CloudFormation names a role's end at random." if wild else None,
    )


def _keep_templates(store: s3.IBucket) -> list[Permission]:
    """Keep templates for CloudFormation, which reads them as whoever makes the change set."""
    by_digest = "A template is called by its stack and its digest."
    return [
        on_objects(store, REVIEWS, (*READ_TEMPLATE, *WRITE_OBJECTS), by_digest),
        use_artifact_key(store, USE_KEY),
    ]
