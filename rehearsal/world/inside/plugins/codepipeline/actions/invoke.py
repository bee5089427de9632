"""The invoke action for Lambda: a function is called with a job and reports how it went.

User guide, quotas: it must report within 20 minutes, if only that it goes on, which is a success
with a continuation token; the whole takes no more than 24 hours.
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job, Outcome
from rehearsal.world.inside.plugins.codepipeline.actions.configuration import only, required
from rehearsal.world.inside.plugins.codepipeline.actions.jobs import (
    Jobs,
    LambdaJob,
    Report,
    jobs_of,
)
from rehearsal.world.inside.plugins.codepipeline.actions.waiting import given

KNOWN = {"FunctionName", "UserParameters"}
REPORT_SECONDS = 20 * 60.0
TIMEOUT_SECONDS = 24 * 3600.0
# After how long a function that goes on is called again is not documented.
AGAIN_SECONDS = 30.0


def perform(job: Job) -> Outcome:
    """Invoke the function as the action's role until its job has ended.

    Raises:
        ActionFailedError: the job failed, or the function did not report in time.
    """
    only(job, KNOWN)
    function, jobs = required(job, "FunctionName"), jobs_of(job.world)
    until, turn, token = job.world.clock.now() + TIMEOUT_SECONDS, 0, ""
    while job.world.clock.now() < until:
        report = _report(job, jobs, function, turn, token)
        if not report.succeeded:
            raise ActionFailedError("JobFailed", report.message)
        if not report.continuation:
            return Outcome(
                variables=report.variables,
                external_id=report.external_id,
                summary=report.summary,
                revision=report.revision,
            )
        turn, token = turn + 1, report.continuation
        if job.stop.wait(AGAIN_SECONDS, job.world.parties.current()):
            raise ActionFailedError("Abandoned", "the execution was stopped and abandoned")
    raise ActionFailedError("JobFailed", f"the function {function} did not end within 24 hours")


def _report(job: Job, jobs: Jobs, function: str, turn: int, token: str) -> Report:
    bits = job.world.chance(f"job/{job.action_execution_id}/{turn}").getrandbits(128)
    asked = jobs.open(str(uuid.UUID(int=bits, version=4)), job.account, _data(job, token))
    report = None
    try:
        _invoke(job, function, asked)
        given(job, asked.reported, REPORT_SECONDS)
    finally:
        report = jobs.close(asked)
    if report is None:
        raise ActionFailedError(
            "JobFailed", f"The AWS Lambda function {function} failed to return a result."
        )
    return report


def _invoke(job: Job, function: str, asked: LambdaJob) -> None:
    content = {"id": asked.id, "accountId": asked.account, "data": asked.data}
    job.session.client("lambda").invoke(
        FunctionName=function,
        InvocationType="Event",
        Payload=json.dumps({"CodePipeline.job": content}),
    )


def _data(job: Job, token: str) -> Mapping[str, Any]:
    keys = job.session.credentials
    return {
        "actionConfiguration": {"configuration": dict(job.configuration)},
        "inputArtifacts": [_artifact(job, name) for name in job.inputs],
        "outputArtifacts": [_artifact(job, name) for name in job.outputs],
        "artifactCredentials": {
            "accessKeyId": keys["AWS_ACCESS_KEY_ID"],
            "secretAccessKey": keys["AWS_SECRET_ACCESS_KEY"],
            "sessionToken": keys["AWS_SESSION_TOKEN"],
        },
        **({"continuationToken": token} if token else {}),
    }


def _artifact(job: Job, name: str) -> Mapping[str, Any]:
    bucket, key = job.artifacts.location(name)
    where = {"type": "S3", "s3Location": {"bucketName": bucket, "objectKey": key}}
    return {"name": name, "revision": None, "location": where}
