"""A pipeline as the target of an EventBridge rule: it is started as the rule's role.

On a thread of its own, because the event may come from a service that the pipeline asks at once.
As on AWS nobody is told when the start is refused; the world's log says so.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.pipeline import new_id
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.role_session import assume
from rehearsal.world.inside.work import start

LOG = logging.getLogger(__name__)
SERVICE = "events.amazonaws.com"
SESSION_LETTERS = 64
# They could name revisions and variables, which the world does not read from an event.
INPUTS = ("Input", "InputPath", "InputTransformer")


def deliver_to(pipelines: Pipelines, stock: Callable[..., Any]) -> Callable[..., Any]:
    """Start pipelines where a rule's target is one; leave other targets to ministack."""

    def invoke(
        target: Mapping[str, Any], event: Any, rule: Mapping[str, Any], view: Any = None
    ) -> Any:
        arn = str(target.get("Arn", ""))
        if not arn.startswith("arn:aws:codepipeline:"):
            return stock(target, event, rule, view)
        # By its token a start is known as the rule's when it comes in over HTTP.
        token = new_id(pipelines.world, f"rule/{rule['Arn']}/{len(pipelines.by_rule)}")
        pipelines.by_rule[token] = str(rule["Arn"])
        start(
            pipelines.world, f"rule {rule['Name']}", lambda: _begin(pipelines, target, rule, token)
        )
        return None

    return invoke


def _begin(
    pipelines: Pipelines, target: Mapping[str, Any], rule: Mapping[str, Any], token: str
) -> None:
    arn = str(target["Arn"])
    name = arn.rpartition(":")[2]
    try:
        if arn != pipelines.arn(name):
            raise ValueError(f"{arn} is not of the rule's account and Region")  # noqa: TRY301
        if given := [each for each in INPUTS if target.get(each)]:
            raise ValueError(f"a pipeline as a target takes no {given[0]} here")  # noqa: TRY301
        session = assume(
            pipelines.world,
            str(target["RoleArn"]),
            service=SERVICE,
            session_name=f"rule-{rule['Name']}"[:SESSION_LETTERS],
            source_arn=str(rule["Arn"]),
        )
        session.client("codepipeline").start_pipeline_execution(name=name, clientRequestToken=token)
    except Exception:
        LOG.exception("the rule %s does not start %s", rule["Name"], name)
