"""The jobs of one world that a function was invoked for and will report on."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.clock import Clock, Signal
from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.actions.per_world import one_per_world


@dataclass(kw_only=True)
class Report:
    """What a function said of its job.

    Attributes:
        succeeded: whether the job has.
        variables: output variables.
        message: why it failed.
        external_id: what the job is called elsewhere.
        summary: one line on it.
        continuation: when it is to be invoked once more with this token: it has not ended yet.
        revision: what the job has changed to.
    """

    succeeded: bool
    variables: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    external_id: str = ""
    summary: str = ""
    continuation: str = ""
    revision: str = ""


@dataclass(kw_only=True)
class LambdaJob:
    """One invocation of a function for an action.

    Attributes:
        id: what the function reports on.
        account: where.
        data: what the function is told, for GetJobDetails as well.
        reported: given with its report.
        report: what the function said.
    """

    id: str
    account: str
    data: Mapping[str, Any]
    reported: Signal
    report: Report | None = None
    over: bool = False


class Jobs:
    """Jobs by their ids."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, LambdaJob] = {}

    def open(self, identity: str, account: str, data: Mapping[str, Any]) -> LambdaJob:
        """A new job, before its function is invoked."""
        job = LambdaJob(id=identity, account=account, data=data, reported=self._clock.signal())
        self._jobs[identity] = job
        return job

    def get(self, identity: str, account: str) -> LambdaJob:
        """The job of that id.

        Raises:
            ServiceError: there is none in that account.
        """
        job = self._jobs.get(identity)
        if job is None or job.account != account:
            raise ServiceError("JobNotFoundException", f"there is no job {identity}")
        return job

    def report(self, identity: str, account: str, report: Report) -> None:
        """What PutJobSuccessResult and PutJobFailureResult say of a job.

        Raises:
            ServiceError: there is no such job, or it is over.
        """
        job = self.get(identity, account)
        with self._lock:
            if job.over or job.reported.is_set():
                raise ServiceError("InvalidJobStateException", f"the job {identity} is over")
            job.report = report
            job.reported.set()

    def close(self, job: LambdaJob) -> Report | None:
        """Take no report from now on; the one that came, if one did."""
        with self._lock:
            job.over = True
            return job.report


jobs_of = one_per_world(Jobs)
