"""A deployment's hooks: functions that are asked, and have an hour to report."""

import json
from typing import Any

from rehearsal.world.inside.plugins.codedeploy.deployment import Deployment
from rehearsal.world.inside.plugins.codedeploy.ended import EndedError, failed
from rehearsal.world.inside.setting import Setting

HOOK_SECONDS = 3600.0


def run(world: Setting, client: Any, deployment: Deployment, event: str) -> EndedError | None:
    """Ask the event's hook, if it has one, and wait for its report; what is wrong then."""
    function = deployment.shift.hooks.get(event)
    if function is None:
        return None
    now = world.clock.now
    deployment.begin(event, now())
    identity, told = deployment.info["deploymentId"], world.clock.signal()
    execution = f"{world.chance(f'hook/{identity}/{event}').getrandbits(192):048x}"
    deployment.hook = (execution, told)
    asked = {"DeploymentId": identity, "LifecycleEventHookExecutionId": execution}
    try:
        client.invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(asked))
    except Exception as error:  # noqa: BLE001 - whatever it is, the hook has not run
        deployment.hook = None
        deployment.end(event, "Failed", now())
        return failed("HOOK_EXECUTION_FAILURE", f"{event}: {error}")
    came = told.wait(HOOK_SECONDS, world.parties.current())
    deployment.hook = None
    status = deployment.hook_status or "Failed"
    deployment.hook_status = ""
    deployment.end(event, status, now())
    if status == "Succeeded":
        return None
    why = f"{event} reported {status}" if came else f"{event} did not report within an hour"
    return failed("HOOK_EXECUTION_FAILURE", why)
