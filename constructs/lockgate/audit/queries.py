"""Questions that people ask of the trail, saved in CloudWatch Logs Insights."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

from aws_cdk import aws_logs as logs
from constructs import Construct

from lockgate.people import emergency

# Who it was: the role, or the user where there is none; and the session's name.
WHO = (
    "fields @timestamp, "
    "coalesce(userIdentity.sessionContext.sessionIssuer.userName, userIdentity.arn) as who, "
    "userIdentity.principalId as session"
)
ROLE = "userIdentity.sessionContext.sessionIssuer.arn"


@dataclass(frozen=True, kw_only=True)
class SavedQuery:
    """A question and how CloudWatch Logs Insights is asked.

    Attributes:
        name: of the query, behind the delivery's folder.
        question: what it answers.
        asked: the commands behind who it was, each on a line of its own with its pipe.
    """

    name: str
    question: str
    asked: str

    @property
    def text(self) -> str:
        """The query as Logs Insights reads it."""
        return f"{WHO}\n{dedent(self.asked).strip()}"


def queries(delivery: str) -> Iterator[SavedQuery]:
    """All questions about a delivery."""
    yield from _releases()
    yield from _gates(delivery)
    yield from _access(delivery)


def _releases() -> Iterator[SavedQuery]:
    yield SavedQuery(
        name="who-deployed-what",
        question="Which releases were started, and which stacks and functions did they change?",
        asked="""
            | filter eventName in ["StartPipelineExecution", "ExecuteChangeSet", "CreateDeployment"]
                or eventName like /^UpdateAlias/
            | fields eventName, errorCode, coalesce(requestParameters.name,
                requestParameters.stackName, requestParameters.applicationName,
                requestParameters.functionName) as what
            | sort @timestamp desc
            """,
    )
    yield SavedQuery(
        name="who-changed-code",
        question="Who pushed to which branch, and who approved and merged which pull request?",
        asked="""
            | filter eventSource = "codecommit.amazonaws.com"
            | filter eventName = "GitPush" or eventName like /^Merge|Approval/
            | fields eventName, errorCode, coalesce(requestParameters.pullRequestId,
                requestParameters.references.0.ref) as what, requestParameters.approvalState
            | sort @timestamp desc
            """,
    )


def _gates(delivery: str) -> Iterator[SavedQuery]:
    yield SavedQuery(
        name="who-approved",
        question="Who approved or rejected which release, and what did they write?",
        asked="""
            | filter eventName = "PutApprovalResult"
            | fields requestParameters.pipelineName, requestParameters.stageName,
                requestParameters.result.status, requestParameters.result.summary, errorCode
            | sort @timestamp desc
            """,
    )
    yield SavedQuery(
        name="who-overrode",
        question="Who overrode a gate, held, stopped or rolled back a release, or froze them all?",
        asked=f"""
            | filter eventName in ["OverrideStageCondition", "DisableStageTransition",
                "EnableStageTransition", "RollbackStage", "RetryStageExecution",
                "StopPipelineExecution", "StopDeployment"]
                or (eventName = "PutParameter" and requestParameters.name = "/{delivery}/freeze")
            | fields eventName, errorCode, coalesce(requestParameters.pipelineName,
                requestParameters.deploymentId, requestParameters.name) as what
            | sort @timestamp desc
            """,
    )
    yield SavedQuery(
        name="hook-reports",
        question="What did the hooks report of which deployment, and was it the hooks?",
        asked="""
            | filter eventName = "PutLifecycleEventHookExecutionStatus"
            | fields requestParameters.deploymentId, requestParameters.status, errorCode
            | sort @timestamp desc
            """,
    )


def _access(delivery: str) -> Iterator[SavedQuery]:
    yield SavedQuery(
        name="denied-calls",
        question="Which calls were denied, by role? Noise here is a permission that is missing.",
        asked="""
            | filter errorCode like /AccessDenied|UnauthorizedOperation/
            | stats count(*) as calls, latest(errorMessage) as said by who, eventSource, eventName
            | sort calls desc
            """,
    )
    yield SavedQuery(
        name="who-read-secrets",
        question="Who read which secret's value, and how often?",
        asked="""
            | filter eventName in ["GetSecretValue", "BatchGetSecretValue"]
            | stats count(*) as calls by who, requestParameters.secretId, errorCode
            | sort calls desc
            """,
    )
    yield SavedQuery(
        name="by-hand",
        question="What did people change by hand, whatever it was?",
        asked=f"""
            | filter readOnly = 0 and not ispresent(userIdentity.invokedBy)
            | filter not ispresent({ROLE}) or {ROLE} not like /role\\/{delivery}\\//
                or {ROLE} like /role\\/{delivery}\\/people\\//
            | fields eventSource, eventName, errorCode, sourceIPAddress
            | sort @timestamp desc
            """,
    )
    yield SavedQuery(
        name="in-an-emergency",
        question="What did whoever broke the glass do?",
        asked=f"""
            | filter who = "{delivery}-{emergency.NAME}"
                or requestParameters.roleArn like /{delivery}-{emergency.NAME}/
            | fields eventSource, eventName, errorCode, sourceIPAddress
            | sort @timestamp desc
            """,
    )


class AuditQueries(Construct):
    """The questions about a delivery, in the folder `<delivery>/audit` of Logs Insights.

    A saved query costs nothing; to run one costs 0.005 USD for each GB that it reads.
    """

    def __init__(
        self, scope: Construct, id_: str, *, delivery: str, log_group: logs.ILogGroup
    ) -> None:
        super().__init__(scope, id_)
        for query in queries(delivery):
            logs.CfnQueryDefinition(
                self,
                "".join(word.capitalize() for word in query.name.split("-")),
                name=f"{delivery}/audit/{query.name}",
                query_string=query.text,
                log_group_names=[log_group.log_group_name],
            )
