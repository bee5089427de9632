"""The functions to which the pipelines of a delivery hand jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lockgate.function import FunctionSettings, LeastFunction
from lockgate.packaging import Package
from lockgate.permissions import Permission
from lockgate.resource_types import no_narrower
from lockgate.shared_functions import function_name

REPORT = ("codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult")
LOST_EVENT = (
    "An event is a job, with credentials that must not be kept: CodePipeline fails a job that "
    "nobody reports on within 20 minutes."
)


@dataclass(frozen=True, kw_only=True)
class JobFunction:
    """What one of them is for.

    Attributes:
        job: in words.
        permissions: what it may do beside writing its log and reporting on the job.
        environment: what it is told.
    """

    job: str
    permissions: Sequence[Permission]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class JobHome:
    """Where such functions live, and what they share.

    Attributes:
        delivery: leads their names, and those of the stacks and pipelines that they look at.
        package: the code of all.
        log_key: encrypts their log groups.
        role_path: where their roles live.
        boundary: bounds their roles.
    """

    delivery: str
    package: Package
    log_key: kms.IKey
    role_path: str
    boundary: iam.IManagedPolicy


def job_functions(
    scope: Construct,
    wanted: Mapping[str, JobFunction],
    *,
    home: JobHome,
    memory_mb: int,
    timeout_seconds: int,
) -> dict[str, lambda_.IFunction]:
    """Make each function of one package, with a role of its own.

    Args:
        scope: their parent.
        wanted: what each is for, by its name behind the delivery's; its handler is called the same.
        home: where they live.
        memory_mb: of each.
        timeout_seconds: of each.
    """
    return {
        name: LeastFunction(
            scope,
            name.title().replace("-", ""),
            job=each.job,
            package=home.package,
            settings=FunctionSettings(
                name=function_name(home.delivery, name),
                handler=f"{name.replace('-', '_')}.handle",
                memory_mb=memory_mb,
                timeout_seconds=timeout_seconds,
                environment=each.environment,
            ),
            permissions=[*each.permissions, no_narrower(REPORT)],
            log_key=home.log_key,
            role_path=home.role_path,
            boundary=home.boundary,
            lost_event_reason=LOST_EVENT,
            # Policies elsewhere name it: the signing key's, and trusts in other accounts.
            role_name=function_name(home.delivery, name),
        ).function
        for name, each in wanted.items()
    }
