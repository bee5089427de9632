"""How a build gets on: its phases in the record, its log in CloudWatch Logs, its events."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.world.inside.build_run import EndedError
from rehearsal.world.inside.events import emit
from rehearsal.world.inside.plugins.codebuild_builds import Build
from rehearsal.world.inside.role_session import RoleSession
from rehearsal.world.inside.setting import Setting

BATCH = 500


class PhaseFailedError(Exception):
    """A phase failed, with a status code and a message as CodeBuild has them."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class Progress:
    """What becomes known of one build while it runs."""

    def __init__(self, world: Setting, build: Build) -> None:
        self._world, self._build = world, build
        self._lines: list[dict[str, Any]] = []
        self._session: RoleSession | None = None
        self._where: dict[str, str] = {}
        self.hidden: frozenset[str] = frozenset()
        self.status = "SUCCEEDED"

    @contextmanager
    def phase(self, name: str) -> Iterator[dict[str, Any]]:
        """A phase, as it is shown: a failure inside is its result and, from now on, the build's.

        Raises:
            EndedError: the build was ended in it.
        """
        began = self._world.clock.now()
        phase: dict[str, Any] = {"phaseType": name, "startTime": began}
        with self._build.lock:
            self._build.record["currentPhase"] = name
            self._build.record["phases"].append(phase)
        self.say(f"Entering phase {name}")
        status, code, message = "SUCCEEDED", "", ""
        try:
            yield phase
        except PhaseFailedError as error:
            status = self.status = "FAILED"
            code, message = error.code, error.message
        except EndedError as error:
            status = self.status = error.status
            raise
        finally:
            now = self._world.clock.now()
            with self._build.lock:
                phase.update(
                    phaseStatus=status,
                    endTime=now,
                    durationInSeconds=int(now - began),
                    contexts=[{"statusCode": code, "message": self._masked(message)}],
                )
            self.say(f"Phase complete: {name} State: {status}")
            self.say(f"Phase context status code: {code} Message: {message}")

    def open_log(self, session: RoleSession) -> None:
        """Make the build's log stream as the role, as the project says.

        Raises:
            PhaseFailedError: the role may not.
        """
        wanted = (self._build.project.get("logsConfig") or {}).get("cloudWatchLogs") or {}
        if wanted.get("status") == "DISABLED":
            return
        group = wanted.get("groupName") or f"/aws/codebuild/{self._build.project['name']}"
        stream = "/".join(filter(None, (wanted.get("streamName"), self._build.uuid)))
        self._where = {"logGroupName": group, "logStreamName": stream}
        with self._build.lock:
            self._build.record["logs"] = {
                "groupName": group,
                "streamName": stream,
                "cloudWatchLogs": {"status": "ENABLED", "groupName": group},
            }
        try:
            _make_stream(session.client("logs"), self._where)
            self._session = session
            self.flush()
        except ClientError as error:
            self._session = None
            raise PhaseFailedError(
                "ACCESS_DENIED",
                f"Service role {self._build.project['serviceRole']} does not allow AWS CodeBuild "
                f"to create Amazon CloudWatch Logs log streams for build "
                f"{self._build.record['arn']}. Error message: {error.response['Error']['Message']}",
            ) from error

    def say(self, line: str) -> None:
        """A line of CodeBuild's own in the log."""
        when = datetime.fromtimestamp(self._world.clock.now(), UTC)
        self.put(f"[Container] {when:%Y/%m/%d %H:%M:%S.%f} {line}")

    def put(self, line: str) -> None:
        """A line in the log, without what no log may show; `flush` writes it."""
        now = int(self._world.clock.now() * 1000)
        self._lines.append({"timestamp": now, "message": self._masked(line) or " "})

    def flush(self) -> None:
        """Write the log so far."""
        while self._session is not None and self._lines:
            batch, self._lines = self._lines[:BATCH], self._lines[BATCH:]
            self._session.client("logs").put_log_events(logEvents=batch, **self._where)

    def tell(self) -> None:
        """Put an event on the bus: a build state change."""
        record = self._build.shown()
        emit(
            self._world,
            "aws.codebuild",
            "CodeBuild Build State Change",
            {
                "build-status": record["buildStatus"],
                "project-name": record["projectName"],
                "build-id": record["arn"],
                "current-phase": record["currentPhase"],
                "current-phase-context": "[]",
                "version": "1",
                "additional-information": _more(record),
            },
            [record["arn"]],
        )

    def _masked(self, text: str) -> str:
        for secret in sorted(self.hidden, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


def _make_stream(logs: Any, where: Mapping[str, str]) -> None:
    try:
        logs.create_log_stream(**where)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        logs.create_log_group(logGroupName=where["logGroupName"])
        logs.create_log_stream(**where)


def _more(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "build-complete": record["buildComplete"],
        "build-start-time": _told(record["startTime"]),
        "initiator": record["initiator"],
        "timeout-in-minutes": record["timeoutInMinutes"],
        "source-version": record.get("sourceVersion", ""),
        "logs": {
            "group-name": record.get("logs", {}).get("groupName"),
            "stream-name": record.get("logs", {}).get("streamName"),
        },
        "phases": [
            {
                "phase-type": phase["phaseType"],
                "phase-status": phase.get("phaseStatus"),
                "phase-context": [
                    f"{one['statusCode']}: {one['message']}" for one in phase.get("contexts", ())
                ],
                "start-time": _told(phase["startTime"]),
                "end-time": _told(phase.get("endTime", phase["startTime"])),
                "duration-in-seconds": phase.get("durationInSeconds", 0),
            }
            for phase in record["phases"]
        ],
    }


def _told(when: float) -> str:
    return f"{datetime.fromtimestamp(when, UTC):%b %d, %Y %I:%M:%S %p}"
