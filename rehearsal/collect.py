"""A release as the report tells it, read from the world when it is over."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from rehearsal import deployments
from rehearsal.deployments import Traffic
from rehearsal.pipeline import Pipeline
from rehearsal.report import why
from rehearsal.report.looks import looks
from rehearsal.report.model import (
    Alarm,
    Deployment,
    Environment,
    Outcome,
    Release,
    Served,
    Span,
    Stage,
)
from rehearsal.world.world import World

TAKEN_BACK = frozenset({"Failed", "Stopped"})


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """A release that was pushed.

    Attributes:
        name: what the report calls it.
        commit: the commit's id.
        subject: the commit message's first line.
        expected: how it was to end.
        began: when it was pushed, in the world.
        execution: the pipeline execution's id.
    """

    name: str
    commit: str
    subject: str
    expected: Outcome
    began: datetime
    execution: str


def release(
    world: World,
    pushed: Pushed,
    pipeline: Pipeline,
    traffic: Iterable[Traffic],
    served: Iterable[tuple[str, tuple[Served, ...]]],
) -> Release:
    """All that is known of a release.

    Args:
        world: where.
        pushed: the release.
        pipeline: on whose way it was.
        traffic: the service in each environment, in the order of promotion.
        served: each environment's count by the customers.
    """
    counts = dict(served)
    ended = world.clock.now()
    environments = tuple(
        Environment(
            name=place.environment,
            deployments=tuple(
                _deployment(found)
                for found in place.deployments()
                if pushed.began <= found.created <= ended
            ),
            customers=tuple(
                each for each in counts.get(place.environment, ()) if each.at >= _minute(pushed)
            ),
            alarms=tuple(_alarms(world, place.function, pushed.began, ended)),
        )
        for place in traffic
        if place.there
    )
    stages = tuple(_stages(pipeline, pushed.execution))
    status = pipeline.execution(pushed.execution).status
    outcome = _outcome(status, environments)
    return Release(
        name=pushed.name,
        commit=pushed.commit,
        subject=pushed.subject,
        expected=pushed.expected,
        outcome=outcome,
        why=why.of(environments) or _said(stages),
        began=pushed.began,
        ended=ended,
        stages=stages,
        environments=environments,
    )


def _outcome(status: str, environments: Iterable[Environment]) -> Outcome:
    if status == "Succeeded":
        return Outcome.SUCCEEDED
    # What CodeDeploy took back, on whose word ever, is stopped; what never came so far has failed.
    taken_back = any(
        each.status in TAKEN_BACK for place in environments for each in place.deployments
    )
    return Outcome.STOPPED if taken_back else Outcome.FAILED


def _said(stages: Iterable[Stage]) -> str:
    for stage in stages:
        for action in stage.actions:
            if action.status == "Failed":
                first = action.message.strip().splitlines()[:1]
                return f"{stage.name}/{action.name} failed: {''.join(first)}"
    return ""


def _minute(pushed: Pushed) -> datetime:
    return pushed.began.replace(second=0, microsecond=0)


def _stages(pipeline: Pipeline, execution: str) -> Iterator[Stage]:
    runs = pipeline.actions(execution)
    for name, actions in pipeline.stages.items():
        spans = []
        for action in actions:
            attempts = [run for run in runs if (run.stage, run.action) == (name, action)]
            spans += [
                Span(
                    name=action,
                    status=run.status,
                    began=run.started,
                    ended=run.ended,
                    message=run.message,
                )
                for run in attempts
            ] or [Span(name=action, status="NotStarted")]
        yield Stage(name=name, actions=tuple(spans))


def _deployment(found: deployments.Deployment) -> Deployment:
    return Deployment(
        id=found.id,
        status=found.status,
        began=found.created,
        ended=found.ended,
        message=found.message,
        rollback_of=found.rollback_of,
        lifecycle=tuple(
            Span(name=event.name, status=event.status, began=event.started, ended=event.ended)
            for event in found.lifecycle
        ),
        record=None if found.record is None else dict(found.record),
        looks=looks(found.record) if found.record is not None else (),
    )


def _alarms(world: World, function: str, since: datetime, until: datetime) -> Iterator[Alarm]:
    client = world.client("cloudwatch")
    items = [
        item
        for page in client.get_paginator("describe_alarm_history").paginate(
            HistoryItemType="StateUpdate", StartDate=since, EndDate=until
        )
        for item in page["AlarmHistoryItems"]
        if item["AlarmName"].startswith(function)
    ]
    open_: dict[str, Alarm] = {}
    for item in sorted(items, key=lambda item: item["Timestamp"]):
        state = json.loads(item["HistoryData"]).get("newState", {})
        name, at = item["AlarmName"], item["Timestamp"]
        if state.get("stateValue") == "ALARM":
            open_[name] = Alarm(name=name, at=at, reason=state.get("stateReason", ""))
        elif name in open_:
            yield open_.pop(name).model_copy(update={"until": at})
    yield from open_.values()
