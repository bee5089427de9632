"""The trial of the target version so far: the settled minutes and what the judge says of them.

Nothing is carried from one look to the next. Each reads the raw counts anew from the beginning of
the shift, so that a look may be repeated, come late or be left out, and late data is counted.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import traffic
from deadline import Deadline
from deployment import Deployment, UnexpectedDeploymentError
from judge import Judgement, Minute, Settings, Verdict, dispersion, judge
from plan import Plan
from traffic import MINUTE

# After the shift the target version serves everybody: so long, in minutes, its failures are held
# against the objective alone before the deployment ends.
BAKE_MINUTES: Final = 5


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What is known of the target version at one time.

    Attributes:
        start: the first whole minute of the shift.
        minutes: both versions' counts, numbered from ``start``.
        gaps: what is missing of them, in words.
        dispersion: how bursty each metric's history is; None where unknown.
        judgement: what the judge says of the minutes.
        unsettled: how many minutes of the trial could not be judged yet.
    """

    start: datetime
    minutes: tuple[Minute, ...]
    gaps: tuple[str, ...]
    dispersion: Mapping[str, float | None]
    judgement: Judgement
    unsettled: int

    @property
    def verdict(self) -> Verdict:
        """The judge's verdict; never healthy where something is missing."""
        if self.gaps and self.judgement.verdict is Verdict.HEALTHY:
            return Verdict.INCONCLUSIVE
        return self.judgement.verdict

    @property
    def reason(self) -> str:
        """One sentence for people."""
        if self.gaps and self.judgement.verdict is not Verdict.DEGRADED:
            return f"Data is missing: {'; '.join(self.gaps)}."
        return self.judgement.reason

    def as_record(self) -> dict[str, Any]:
        """Give the trial as JSON allows it."""
        return {
            "start": self.start.isoformat(),
            "minutes": [asdict(minute) for minute in self.minutes],
            "gaps": list(self.gaps),
            "unsettled": self.unsettled,
            "dispersion": dict(self.dispersion),
            "judgement": self.judgement.as_record(),
        }


def look(deployment: Deployment, plan: Plan, *, now: datetime, deadline: Deadline) -> Trial:
    """Judge the minutes that have settled by now, those of the bake after the shift included.

    Raises:
        UnexpectedDeploymentError: the shift has not begun.
        UnreadableError: CloudWatch's answer is incomplete or holds what is no count.
        BotoCoreError, ClientError, OutOfTimeError: CloudWatch could not be asked.
    """
    if deployment.shift_began is None:
        raise UnexpectedDeploymentError("CodeDeploy does not say when the shift began")
    start = _round_up(deployment.shift_began)
    end = trial_end(deployment, plan)
    settled = max(start, min(end, _round_down(now - timedelta(seconds=plan.settle_seconds))))
    known = traffic.during(deployment, plan, start=start, end=settled, deadline=deadline)
    before = _round_down(deployment.shift_began)
    history = traffic.history(deployment, plan, before=before, deadline=deadline)
    bursts = {metric: dispersion(minutes) for metric, minutes in history.items()}
    shifted = deployment.shift_ended
    settings = Settings(
        objective=plan.objective,
        dispersion={metric: index for metric, index in bursts.items() if index is not None},
        share=plan.share,
        share_until=None if shifted is None else max(0, _count(start, _round_down(shifted))),
    )
    return Trial(
        start=start,
        minutes=known.minutes,
        gaps=known.gaps,
        dispersion=bursts,
        judgement=judge(known.minutes, settings),
        unsettled=max(0, _count(start, end)) - len(known.minutes),
    )


def trial_end(deployment: Deployment, plan: Plan) -> datetime:
    """Say when the last minute of the trial ends: that of the bake, once the shift has ended.

    Raises:
        UnexpectedDeploymentError: the shift has not begun.
    """
    if deployment.shift_ended is not None:
        return _round_down(deployment.shift_ended) + BAKE_MINUTES * MINUTE
    if deployment.shift_began is None:
        raise UnexpectedDeploymentError("CodeDeploy does not say when the shift began")
    return _round_up(deployment.shift_began) + plan.minutes * MINUTE


def _count(start: datetime, end: datetime) -> int:
    return math.floor((end - start) / MINUTE)


def _round_down(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _round_up(moment: datetime) -> datetime:
    down = _round_down(moment)
    return down if down == moment else down + MINUTE
