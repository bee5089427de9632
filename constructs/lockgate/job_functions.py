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


def gate_name(delivery: str, gate: str) -> str:
    """The function's name."""
    return f"{delivery}-{gate}"


def job_functions(
    scope: Construct,
    wanted: Mapping[str, JobFunction],
    *,
    delivery: str,
    package: Package,
    memory_mb: int,
    timeout_seconds: int,
    log_key: kms.IKey,
    role_path: str,
    boundary: iam.IManagedPolicy,
) -> dict[str, lambda_.IFunction]:
    """Make each function of one package, with a role of its own.

    Args:
        scope: their parent.
        wanted: what each is for, by its name behind the delivery's; its handler is called the same.
        delivery: the delivery's name.
        package: the code of all.
        memory_mb: of each.
        timeout_seconds: of each.
        log_key: encrypts the log groups.
        role_path: where the roles live.
        boundary: bounds the roles.
    """
    return {
        name: LeastFunction(
            scope,
            name.title().replace("-", ""),
            job=each.job,
            package=package,
            settings=FunctionSettings(
                name=gate_name(delivery, name),
                handler=f"{name.replace('-', '_')}.handle",
                memory_mb=memory_mb,
                timeout_seconds=timeout_seconds,
                environment=each.environment,
            ),
            permissions=[*each.permissions, no_narrower(REPORT)],
            log_key=log_key,
            role_path=role_path,
            boundary=boundary,
            lost_event_reason=LOST_EVENT,
            # Policies elsewhere name it: the signing key's, and trusts in other accounts.
            role_name=gate_name(delivery, name),
        ).function
        for name, each in wanted.items()
    }
