"""A pipeline as the target of an EventBridge rule: it is started as the rule's role.

On a thread of its own, because the event may come from a service that the pipeline asks at once.
As on AWS nobody is told when the start is refused; the world's log says so.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.role_session import assume
from rehearsal.world.inside.service_role import start

LOG = logging.getLogger(__name__)


def deliver_to(pipelines: Pipelines, stock: Callable[..., Any]) -> Callable[..., Any]:
    """Start pipelines where a rule's target is one; leave other targets to ministack."""

    def invoke(
        target: Mapping[str, Any], event: Any, rule: Mapping[str, Any], view: Any = None
    ) -> Any:
        arn = str(target.get("Arn", ""))
        if ":codepipeline:" not in arn:
            return stock(target, event, rule, view)
        start(pipelines.world, f"rule {rule['Name']}", lambda: _begin(pipelines, target, rule))
        return None

    return invoke


def _begin(pipelines: Pipelines, target: Mapping[str, Any], rule: Mapping[str, Any]) -> None:
    name = str(target["Arn"]).rpartition(":")[2]
    number = len(pipelines.by_rule)
    token = f"rule-{number}"
    pipelines.by_rule[token] = str(rule["Arn"])
    try:
        session = assume(
            pipelines.world,
            str(target["RoleArn"]),
            service="events.amazonaws.com",
            session_name=f"rule-{rule['Name']}"[:64],
            source_arn=str(rule["Arn"]),
        )
        session.client("codepipeline").start_pipeline_execution(name=name, clientRequestToken=token)
    except Exception:
        LOG.exception("the rule %s does not start %s", rule["Name"], name)
