"""The rule CloudWatchAlarm: an alarm keeps a stage from being entered, or its end from standing.

AlarmStates names what the rule looks out for, ALARM where nothing is said. On entry (`perform`)
the rule succeeds at once outside of these states, and otherwise waits so long for the alarm to
leave them. After a stage (`watch`) it watches so long and fails as soon as the alarm is in one.
"""

from botocore.exceptions import ClientError

from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job, Outcome
from rehearsal.world.inside.plugins.codepipeline.actions.configuration import (
    only,
    required,
    wrong,
)

KNOWN = {"AlarmName", "AlarmStates", "WaitTime"}
STATES = {"ALARM", "INSUFFICIENT_DATA", "OK"}
# Alarms are looked at each minute.
POLL_SECONDS = 60.0


def perform(job: Job) -> Outcome:
    """On entry: succeed when the alarm is in none of the states.

    Raises:
        ActionFailedError: it still is when the time is over, or there is no such alarm.
    """
    return _look(job, wanted=False)


def watch(job: Job) -> Outcome:
    """After a stage: succeed when the alarm was in none of the states all the time.

    Raises:
        ActionFailedError: it was, or there is no such alarm.
    """
    return _look(job, wanted=True)


def _look(job: Job, *, wanted: bool) -> Outcome:
    only(job, KNOWN)
    name, states, clock = required(job, "AlarmName"), _states(job), job.world.clock
    until = clock.now() + _seconds(job)
    while True:
        state = _state(job, name)
        left = until - clock.now()
        if wanted and state in states:
            break
        if state not in states and (not wanted or left <= 0):
            return Outcome(summary=f"{name} is {state}")
        if left <= 0:
            break
        if job.stop.wait(min(left, POLL_SECONDS), job.world.parties.current()):
            raise ActionFailedError("Abandoned", f"stopped while {name} was {state}")
    raise ActionFailedError("RuleFailed", f"the alarm {name} is in state {state}")


def _state(job: Job, name: str) -> str:
    try:
        found = job.session.client("cloudwatch").describe_alarms(
            AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
    except ClientError as error:
        raise ActionFailedError("PermissionError", str(error)) from error
    for alarm in [*found.get("MetricAlarms", ()), *found.get("CompositeAlarms", ())]:
        return str(alarm["StateValue"])
    raise ActionFailedError("ConfigurationError", f"there is no alarm {name}")


def _states(job: Job) -> set[str]:
    said = job.configuration.get("AlarmStates") or "ALARM"
    states = {each.strip() for each in said.split(",")}
    if not states <= STATES:
        wrong(f"AlarmStates: {said} is not of {', '.join(sorted(STATES))}")
    return states


def _seconds(job: Job) -> float:
    said = job.configuration.get("WaitTime") or "0"
    if not said.isdecimal():
        wrong(f"WaitTime is a number of minutes, not {said}")
    return int(said) * 60.0
