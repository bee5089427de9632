"""The approvals of one world that wait for somebody's decision, or had one."""

import threading
from dataclasses import dataclass

from rehearsal.world.inside.clock import Clock, Signal
from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.actions.per_world import one_per_world

Place = tuple[str, str, str, str, str]


@dataclass(kw_only=True)
class Approval:
    """One approval.

    Attributes:
        token: what whoever decides must name.
        decided: given once somebody has decided.
        status: `Approved` or `Rejected`; empty until then.
        summary: what they said.
        over: whether it is too late to decide.
    """

    token: str
    decided: Signal
    status: str = ""
    summary: str = ""
    over: bool = False


class Approvals:
    """Approvals by account, region, pipeline, stage and action."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[Place, Approval] = {}

    def open(self, place: Place, token: str) -> Approval:
        """A new approval, in place of the one before.

        Args:
            place: the account, region, pipeline, stage and action.
            token: what no other approval has.
        """
        with self._lock:
            approval = Approval(token=token, decided=self._clock.signal())
            self._open[place] = approval
            return approval

    def decide(self, place: Place, token: str, status: str, summary: str) -> float:
        """Approve or reject, for the API's PutApprovalResult; tells when.

        Raises:
            ServiceError: nothing is to be decided there, or not any more, or by that token.
        """
        with self._lock:
            approval = self._open.get(place)
            if approval is None or approval.token != token:
                raise ServiceError(
                    "InvalidApprovalTokenException",
                    f"no approval of {'/'.join(place[2:])} has this token",
                )
            if approval.over or approval.decided.is_set():
                raise ServiceError(
                    "ApprovalAlreadyCompletedException",
                    f"the approval of {'/'.join(place[2:])} is completed",
                )
            approval.status, approval.summary = status, summary
            approval.decided.set()
            return self._clock.now()

    def close(self, approval: Approval) -> bool:
        """Let nobody decide from now on; whether somebody had."""
        with self._lock:
            approval.over = True
            return approval.decided.is_set()


approvals_of = one_per_world(Approvals)
