"""A report as a rehearsal would leave it: a good release, and one that is stopped in prod.

python -m tests.rehearsal.report_example page.html
"""

import random
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from delivery.runtime import load_judge
from rehearsal.report import why
from rehearsal.report.looks import looks
from rehearsal.report.model import (
    Alarm,
    Denied,
    Deployment,
    Environment,
    Outcome,
    Part,
    Release,
    Report,
    Served,
    Span,
    Stage,
    Unused,
)
from rehearsal.report.page import page

DAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RATE = 600  # requests a minute
PERCENT, MINUTES = 10, 15
ROLE = "arn:aws:iam::000000000000:role/lockgate"


def example(*, denied: bool = False, miscounted: bool = False) -> Report:
    """Build the report: with a denied call, or customers who counted otherwise than the gate."""
    return Report(
        delivery="lockgate",
        made=datetime(2026, 11, 23, 17, 20, tzinfo=UTC),
        seconds=94.2,
        seed=7,
        scenarios=("a good release", "a release that fails in prod"),
        command="python -m rehearsal run --seed 7",
        real=(
            Part(what="The templates", why="as the CDK CLI synthesized them, deployed unchanged"),
            Part(what="The gate", why="its hooks, watch and judge run as packaged"),
            Part(what="IAM's decisions", why="each call under its role's credentials"),
            Part(
                what="The customers' requests", why="over TLS to the alias, counted by themselves"
            ),
        ),
        stood_in=(
            Part(what="AWS's APIs", why="ministack and plug-ins, since no account is used"),
            Part(what="The clock", why="virtual, so that an hour takes seconds"),
            Part(what="Approvals by people", why="given by the scenario"),
        ),
        releases=(_good(), _stopped(miscounted=miscounted)),
        denied=(_denied(),) if denied else (),
        unused=tuple(_unused()),
    )


def _good() -> Release:
    chance = random.Random(1)  # noqa: S311 traffic, no secret
    beta, after = _canary("beta", DAY + 4 * MINUTE, ("1", "2"), chance, 0.0)
    prod, end = _canary("prod", after + MINUTE, ("1", "2"), chance, 0.0)
    return Release(
        name="release 1: orders gets receipts",
        commit="3f0c9a51d2b44e7fb0a6a37f4be0d6d1e0c4a9b7",
        subject="Sign each receipt",
        expected=Outcome.SUCCEEDED,
        outcome=Outcome.SUCCEEDED,
        why=why.of([beta, prod]),
        began=DAY,
        ended=end,
        stages=_stages(DAY, after, end, "Succeeded"),
        environments=(beta, prod),
    )


def _stopped(*, miscounted: bool) -> Release:
    day = DAY + 60 * MINUTE
    chance = random.Random(2)  # noqa: S311 likewise
    beta, after = _canary("beta", day + 4 * MINUTE, ("2", "3"), chance, 0.0)
    prod, end = _canary("prod", after + MINUTE, ("2", "3"), chance, 0.035, miscounted=miscounted)
    return Release(
        name="release 2: one request in thirty fails in prod",
        commit="b81d7e20c55f4f5d8a0a6f1de2c93a4417c0d5ee",
        subject="Read prices from the new table",
        expected=Outcome.STOPPED,
        outcome=Outcome.STOPPED,
        why=why.of([beta, prod]),
        began=day,
        ended=end,
        stages=_stages(day, after, end, "Failed"),
        environments=(beta, prod),
    )


def _stages(day: datetime, after: datetime, end: datetime, status: str) -> tuple[Stage, ...]:
    def at(begin: float, until: float | datetime, name: str, how: str = "Succeeded") -> Span:
        ended = until if isinstance(until, datetime) else day + until * MINUTE
        return Span(name=name, status=how, began=day + begin * MINUTE, ended=ended)

    def deploy(begin: datetime, until: datetime, how: str = "Succeeded") -> tuple[Span, ...]:
        offset = (begin - day) / MINUTE
        return (
            at(offset - 0.9, begin - 0.9 * MINUTE, "Publish"),
            at(offset - 0.8, begin - 0.3 * MINUTE, "CreateChangeSet"),
            at(offset - 0.3, until, "Execute", how),
        )

    return (
        Stage(name="Source", actions=(at(0, 0.1, "Source"),)),
        Stage(name="Build", actions=(at(0.1, 1.5, "Verify"), at(0.1, 1.2, "Package"))),
        Stage(
            name="SelfUpdate",
            actions=(at(1.5, 2.1, "CreateChangeSet"), at(2.1, 2.9, "Execute")),
        ),
        Stage(name="beta", actions=deploy(day + 4 * MINUTE, after)),
        Stage(name="prod", actions=deploy(after + MINUTE, end, status)),
    )


def _canary(
    name: str,
    begin: datetime,
    versions: tuple[str, str],
    chance: random.Random,
    rate: float,
    *,
    miscounted: bool = False,
) -> tuple[Environment, datetime]:
    """Play a canary of a version that fails at this rate, and say when its environment is done."""
    judge = load_judge()
    old, new = versions
    start = begin + 2 * MINUTE
    customers, minutes, stopped, judgement = [], [], None, None
    minute = -3
    over = MINUTES + 5
    while minute < over:
        share = 0.0 if minute < 0 or stopped is not None else PERCENT / 100
        share = 1.0 if stopped is None and minute >= MINUTES else share
        asked = sum(chance.random() < share for _ in range(RATE))
        bad = sum(chance.random() < rate for _ in range(asked))
        counts = {new: (asked, bad), old: (RATE - asked, 0)}
        for version, (requests, failed) in counts.items():
            if requests:
                more = 1 if miscounted and minute == 0 and version == new else 0
                at = start + minute * MINUTE
                customers.append(
                    Served(at=at, version=version, requests=requests + more, failed=failed)
                )
        if minute >= 0 and stopped is None:
            both = [
                judge.Counts(requests=requests, errors=failed, slow=0, http_5xx=failed)
                for requests, failed in (counts[new], counts[old])
            ]
            minutes.append(judge.Minute(minute=minute, canary=both[0], baseline=both[1]))
            # A minute settles two minutes after its end: what is judged now ended then.
            settled = minutes[:-2] if minute < MINUTES else minutes
            judgement = judge.judge(settled, judge.Settings(share=0.1, share_until=MINUTES))
            if judgement.verdict == "degraded":
                stopped, minutes = minute, settled
                over = minute + 5
        minute += 1
    end = start + (over + (2 if stopped is None else -3)) * MINUTE
    record = _record(
        name,
        versions,
        start=start,
        minutes=minutes,
        judgement=judgement,
        stopped=stopped,
        end=end,
    )
    shifted = start + (MINUTES if stopped is None else stopped + 1) * MINUTE
    released = Deployment(
        id=record["deployment"],
        status="Succeeded" if stopped is None else "Stopped",
        began=begin,
        ended=end if stopped is None else shifted,
        message="" if stopped is None else "The deployment was stopped by the watch.",
        lifecycle=_lifecycle(begin, start, shifted, end, stopped),
        record=record,
        looks=looks(record),
    )
    rollback = Deployment(
        id="d-ROLLBACK1",
        status="Succeeded",
        began=shifted,
        ended=shifted + 0.5 * MINUTE,
        rollback_of=record["deployment"],
    )
    alarm = Alarm(
        name=f"lockgate-orders-{name}-degraded",
        at=shifted,
        reason="Threshold Crossed: 1 datapoint [1.0] was greater than or equal to 1.",
    )
    environment = Environment(
        name=name,
        deployments=(released,) if stopped is None else (released, rollback),
        customers=tuple(customers),
        alarms=() if stopped is None else (alarm,),
    )
    return environment, end


def _lifecycle(
    begin: datetime, start: datetime, shifted: datetime, end: datetime, stopped: int | None
) -> tuple[Span, ...]:
    before = Span(name="BeforeAllowTraffic", status="Succeeded", began=begin, ended=start)
    if stopped is not None:
        shift = Span(name="AllowTraffic", status="Failed", began=start, ended=shifted)
        return before, shift, Span(name="AfterAllowTraffic", status="Skipped")
    return (
        before,
        Span(name="AllowTraffic", status="Succeeded", began=start, ended=shifted),
        Span(name="AfterAllowTraffic", status="Succeeded", began=shifted, ended=end),
    )


def _record(
    name: str,
    versions: tuple[str, str],
    *,
    start: datetime,
    minutes: list[Any],
    judgement: Any,  # noqa: ANN401 the judge is loaded as a package without types
    stopped: int | None,
    end: datetime,
) -> dict[str, Any]:
    by, outcome = ("post_traffic", "passed") if stopped is None else ("watch", "stopped")
    at = end if stopped is None else start + (stopped + 0.9) * MINUTE
    verdict, reason = judgement.verdict.value, judgement.reason
    return {
        "schema": 1,
        "deployment": f"d-{name.upper()}0000{versions[1]}",
        "function": f"lockgate-orders-{name}",
        "alias": "live",
        "current_version": versions[0],
        "target_version": versions[1],
        "plan": {
            "percent": PERCENT,
            "minutes": MINUTES,
            "errors_percent": 1.0,
            "latency_ms": 1000,
            "timeout_seconds": 10,
            "http_5xx": True,
            "synthetic_requests": 300,
            "inconclusive": "warn" if name == "beta" else "fail",
        },
        "canary": {
            "start": start.isoformat(),
            "minutes": [asdict(minute) for minute in minutes],
            "gaps": [],
            "unsettled": 0,
            "dispersion": {"errors": 1.0, "slow": 1.0, "http_5xx": 1.0},
            "judgement": judgement.as_record(),
        },
        "outcome": outcome,
        "verdict": verdict,
        "reason": reason,
        "decided": {"by": by, "at": at.isoformat(), "turn": None},
        "timeline": [
            _entry("pre_traffic", "shifting", None, "", start - 0.2 * MINUTE),
            _entry(by, outcome, verdict, reason, at),
        ],
    }


def _entry(by: str, outcome: str, verdict: str | None, reason: str, at: datetime) -> dict[str, Any]:
    return {
        "at": at.isoformat(),
        "by": by,
        "outcome": outcome,
        "verdict": verdict,
        "reason": reason,
        "problems": [],
        "turn": None,
    }


def _denied() -> Denied:
    return Denied(
        at=DAY + 12 * MINUTE,
        role=f"{ROLE}-orders-prod-hook",
        action="s3:PutObject",
        resource="arn:aws:s3:::lockgate-artifacts/decisions/lockgate-orders-prod/d-PROD00002.json",
        message="User is not authorized: no identity-based policy allows the action",
    )


def _unused() -> list[Unused]:
    return [
        Unused(role=f"{ROLE}-{role}", policy=policy, statement=number, action=action)
        for role, policy, number, action in (
            ("orders-beta-execution", "Policy", 1, "codedeploy:StopDeployment"),
            ("orders-beta-execution", "Policy", 3, "iam:UpdateAssumeRolePolicy"),
            ("orders-beta-execution", "Policy", 3, "iam:DeleteRolePolicy"),
            ("build", "Policy", 0, "kms:ReEncrypt*"),
        )
    ]


if __name__ == "__main__":
    kinds = set(sys.argv[2:])
    report = example(denied="denied" in kinds, miscounted="miscounted" in kinds)
    Path(sys.argv[1]).write_text(page(report), encoding="utf-8")
