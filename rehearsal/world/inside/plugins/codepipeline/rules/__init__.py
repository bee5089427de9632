"""What does each rule of a stage's condition, by its provider.

A rule that fails raises as an action does. It waits until its own time is over or until `stop` is
given, which is how the engine ends one that takes longer than its declared time-out.
"""

from collections.abc import Mapping

from rehearsal.world.inside.plugins.codepipeline.action import Perform
from rehearsal.world.inside.plugins.codepipeline.actions import invoke
from rehearsal.world.inside.plugins.codepipeline.rules import (
    cloudwatch_alarm,
    deployment_window,
    variable_check,
)

RULES: Mapping[str, Perform] = {
    "CloudWatchAlarm": cloudwatch_alarm.perform,
    "DeploymentWindow": deployment_window.perform,
    # What the function of a rule reports, AWS does not say: here it is as for an action.
    "LambdaInvoke": invoke.perform,
    "VariableCheck": variable_check.perform,
}
# The same for conditions on a stage's success or failure: an alarm is then watched for a while.
RULES_AFTER: Mapping[str, Perform] = {**RULES, "CloudWatchAlarm": cloudwatch_alarm.watch}

__all__ = ["RULES", "RULES_AFTER"]
