"""Projects to be built in a world, and what became of their builds."""

import time
from typing import Any

from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import role

LOGS = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": "arn:aws:logs:*:*:log-group:/builds:*",
}
PHASES = ["SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE"]
COMMANDS = ["INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD"]
LAST = ["FINALIZING", "COMPLETED"]


def project(aws: Client, name: str, spec: str, *statements: dict[str, Any], **more: Any) -> str:  # noqa: ANN401 - what the API takes
    """Make a project with a role of its own that may write logs."""
    aws("codebuild").create_project(
        **{
            "name": name,
            "source": {"type": "NO_SOURCE", "buildspec": f"version: 0.2\n{spec}"},
            "artifacts": {"type": "NO_ARTIFACTS"},
            "environment": {
                "type": "ARM_CONTAINER",
                "image": "image",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": more.pop("variables", []),
            },
            "serviceRole": role(aws, f"{name}-role", LOGS, *statements, service="codebuild"),
            "logsConfig": {"cloudWatchLogs": {"status": "ENABLED", "groupName": "/builds"}},
            **more,
        }
    )
    return name


def build(aws: Client, name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - what the API takes
    """Run a build to its end."""
    id_ = aws("codebuild").start_build(projectName=name, **more)["build"]["id"]
    return ended(aws, id_)


def ended(aws: Client, id_: str) -> dict[str, Any]:
    for _ in range(400):
        found: dict[str, Any] = aws("codebuild").batch_get_builds(ids=[id_])["builds"][0]
        if found["buildComplete"]:
            return found
        time.sleep(0.02)
    raise TimeoutError(found)


def phases(found: dict[str, Any]) -> list[str]:
    return [phase["phaseType"] for phase in found["phases"]]


def failure(found: dict[str, Any]) -> tuple[str, str, str]:
    """The first phase that failed, and why."""
    phase = next(p for p in found["phases"] if p.get("phaseStatus") not in ("SUCCEEDED", None))
    context = phase["contexts"][0]
    return phase["phaseType"], context.get("statusCode", ""), context.get("message", "")


def log(aws: Client, found: dict[str, Any]) -> str:
    where = found["logs"]
    events = aws("logs").get_log_events(
        logGroupName=where["groupName"], logStreamName=where["streamName"], startFromHead=True
    )["events"]
    return "\n".join(event["message"] for event in events)
