"""What services deliver to each other, as the policies between them allow.

ministack delivers to everybody. Here a rule's target needs its resource's permission or the
rule's role, a state machine its role, an alarm the topic's policy, and a function's log lines
its role. What is refused is not delivered, and said in the world's log, as AWS counts it in
FailedInvocations and says nothing to anyone.
"""

import contextvars
import logging
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.plugins.iam.check import Check, denied, refusal
from rehearsal.world.inside.plugins.iam.services import may_publish, service_may
from rehearsal.world.inside.role_session import NotTrustedError, assume
from rehearsal.world.inside.setting import Setting

LOG = logging.getLogger(__name__)
EVENTS, STATES, ALARMS = (f"{name}.amazonaws.com" for name in ("events", "states", "cloudwatch"))
_EXECUTION: contextvars.ContextVar[str] = contextvars.ContextVar("execution", default="")
# What a target's role must be allowed.
BY_ROLE = {
    "codepipeline": "codepipeline:StartPipelineExecution",
    "states": "states:StartExecution",
    "codebuild": "codebuild:StartBuild",
    "events": "events:PutEvents",
    "kinesis": "kinesis:PutRecord",
    "lambda": "lambda:InvokeFunction",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
}
NEEDS_ROLE = {"codepipeline", "states", "codebuild", "kinesis"}


def install(world: Setting) -> None:
    """Let services ask each other."""
    seams = world.seams
    seams.wrap("eventbridge._invoke_target", lambda stock: _to_target(world, stock))
    seams.wrap("stepfunctions._run_execution", _in_execution)
    seams.wrap("stepfunctions._call_lambda", lambda stock: _to_function(world, stock))
    seams.wrap("cloudwatch._dispatch_alarm_actions", lambda stock: _to_topics(world, stock))
    seams.wrap("lambda_svc._emit_lambda_logs", lambda stock: _to_logs(world, stock))


def as_role(
    world: Setting, role: str, service: str, session: str, source: str, *checks: Check
) -> str:
    """What hinders a service from doing something with a role; empty if nothing does."""
    try:
        who = assume(world, role, service=service, session_name=session, source_arn=source)
    except NotTrustedError as error:
        return str(error)
    for check in checks:
        if refused := denied(world, who.credentials["AWS_ACCESS_KEY_ID"], check):
            return refusal(check, refused.principal_arn, explicit=refused.decision == "Deny")
    return ""


def _to_target(world: Setting, stock: Callable[..., Any]) -> Callable[..., Any]:
    def invoke(
        target: Mapping[str, Any], event: Any, rule: Mapping[str, Any], view: Any = None
    ) -> Any:
        if hindered := _hindrance(world, target, rule):
            LOG.warning("not delivered by rule %s: %s", rule.get("Name"), hindered)
            return None
        return stock(target, event, rule, view)

    return invoke


def _hindrance(world: Setting, target: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    """Why a rule's target gets nothing; empty if it does."""
    arn, role, source = str(target.get("Arn")), str(target.get("RoleArn") or ""), str(rule["Arn"])
    service = arn.split(":")[2]
    if role:
        check = Check(action=BY_ROLE.get(service, f"{service}:*"), resource=arn)
        return as_role(world, role, EVENTS, f"rule-{rule['Name']}"[:64], source, check)
    if service == "sns":
        return may_publish(world, EVENTS, arn, source)
    if service == "lambda":
        return _lets_in(world, arn, source)
    # A queue's own policy ministack asks itself; a bus of the same account needs none.
    return f"a target of {service} needs a role" if service in NEEDS_ROLE else ""


def _lets_in(world: Setting, function: str, rule: str) -> str:
    found = world.seams.get("lambda_svc.function_policy_for_arn")(function)
    account = world.seams.get("responses.get_account_id")()
    keys = {"aws:SourceArn": rule, "aws:SourceAccount": account}
    action, policy = "lambda:InvokeFunction", found[0] if found else None
    if service_may(world, EVENTS, action, resource=function, policy=policy, keys=keys):
        return ""
    return f"{EVENTS} is not authorized to perform: {action} on resource: {function}"


def _in_execution(stock: Callable[[str], Any]) -> Callable[[str], Any]:
    def run(exec_arn: str) -> Any:
        token = _EXECUTION.set(exec_arn)
        try:
            return stock(exec_arn)
        finally:
            _EXECUTION.reset(token)

    return run


def _to_function(world: Setting, stock: Callable[..., Any]) -> Callable[..., Any]:
    seams = world.seams

    def call(func_ref: str, event: Any) -> Any:
        execution = seams.get("stepfunctions._executions").get(_EXECUTION.get()) or {}
        machine_arn = str(execution.get("stateMachineArn") or "")
        machine = seams.get("stepfunctions._state_machines").get(machine_arn) or {}
        if role := str(machine.get("roleArn") or ""):
            check = Check(action="lambda:InvokeFunction", resource=func_ref)
            name = str(execution.get("name"))[:64]
            if hindered := as_role(world, role, STATES, name, machine_arn, check):
                raise seams.get("stepfunctions._ExecutionError")(
                    "Lambda.AWSLambdaException", hindered
                )
        return stock(func_ref, event)

    return call


def _to_topics(world: Setting, stock: Callable[..., Any]) -> Callable[..., Any]:
    def dispatch(alarm: Mapping[str, Any], old_state: str, new_state: str, reason: str) -> Any:
        open_to = dict(alarm)
        for kind in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            actions = list(alarm.get(kind) or ())
            for topic in [each for each in actions if ":sns:" in each]:
                if hindered := may_publish(world, ALARMS, topic, str(alarm.get("AlarmArn") or "")):
                    LOG.warning("alarm %s: %s", alarm.get("AlarmName"), hindered)
                    actions.remove(topic)
            open_to[kind] = actions
        return stock(open_to, old_state, new_state, reason)

    return dispatch


def _to_logs(world: Setting, stock: Callable[..., Any]) -> Callable[..., Any]:
    """A function's role writes its log; without it there is none, and nobody is told."""
    asked: dict[Any, tuple[int, str]] = {}

    def emit(func: Mapping[str, Any], *more: Any, **named: Any) -> Any:
        config = func.get("config") or func
        name = str(config.get("FunctionName"))
        region, account = str(config.get("FunctionArn")).split(":")[3:5]
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        stream = f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{name}"
        role, minute = str(config.get("Role")), int(world.clock.now() // 60)
        known, hindered = asked.get((role, stream), (0, ""))
        if known != minute:
            checks = [
                Check(action=f"logs:{each}", resource=stream)
                for each in ("CreateLogStream", "PutLogEvents")
            ]
            hindered = as_role(world, role, "lambda.amazonaws.com", name, "", *checks)
            asked[role, stream] = minute, hindered
        if hindered:
            LOG.warning("no log of %s: %s", name, hindered)
            return None
        return stock(func, *more, **named)

    return emit
