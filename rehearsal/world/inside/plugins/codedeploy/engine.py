"""What CodeDeploy does with a deployment, minute by minute, as the group's service role."""

import json
import secrets
from collections.abc import Callable
from typing import Any

from rehearsal.world.inside.events import emit
from rehearsal.world.inside.plugins.codedeploy.deployment import Deployment
from rehearsal.world.inside.plugins.codedeploy.traffic import steps
from rehearsal.world.inside.service_role import client
from rehearsal.world.inside.setting import Setting

# What CodeDeploy calls the session of its service role.
SESSION = "codedeploy"
HOOK_SECONDS = 3600.0
# How often CodeDeploy looks at a group's alarms is not documented.
ALARM_SECONDS = 10.0


class _EndedError(Exception):
    """The deployment goes no further."""

    def __init__(self, status: str, code: str, message: str, trigger: str) -> None:
        super().__init__(message)
        self.status, self.code, self.trigger = status, code, trigger


class Engine:
    """Carries out one deployment."""

    def __init__(
        self,
        world: Setting,
        deployment: Deployment,
        routing: dict[str, Any],
        roll_back: Callable[[Deployment], str],
    ) -> None:
        """Carry out a deployment when it is run.

        Args:
            world: where.
            deployment: what.
            routing: how traffic is shifted.
            roll_back: makes the deployment that restores the version before; its id.
        """
        self._world, self._deployment, self._routing = world, deployment, routing
        self._roll_back = roll_back
        role = deployment.group["serviceRoleArn"]
        self._lambda = client(world, "lambda", role, SESSION)
        self._cloudwatch = client(world, "cloudwatch", role, SESSION)

    def run(self) -> None:
        """From the first hook to the end, whatever that is."""
        deployment, info = self._deployment, self._deployment.info
        info["status"], info["startTime"] = "InProgress", self._now()
        self._tell("START")
        try:
            self._look_at_alarms()
            self._hook("BeforeAllowTraffic")
            self._allow_traffic()
            self._hook("AfterAllowTraffic")
            info["status"] = "Succeeded"
        except _EndedError as ended:
            self._end(ended.status, ended.code, str(ended), ended.trigger)
        except Exception as error:  # noqa: BLE001 - a service's own errors end no service
            self._end("Failed", "INTERNAL_ERROR", repr(error), "DEPLOYMENT_FAILURE")
        info["completeTime"] = self._now()
        deployment.stop.set()
        self._tell({"Succeeded": "SUCCESS", "Failed": "FAILURE"}.get(info["status"], "STOP"))

    def _hook(self, event: str) -> None:
        deployment = self._deployment
        function = deployment.shift.hooks.get(event)
        if function is None:
            return
        deployment.begin(event, self._now())
        execution, told = secrets.token_urlsafe(24), self._world.clock.signal()
        deployment.hook = (execution, told)
        asked = {
            "DeploymentId": deployment.info["deploymentId"],
            "LifecycleEventHookExecutionId": execution,
        }
        try:
            self._lambda.invoke(
                FunctionName=function, InvocationType="Event", Payload=json.dumps(asked)
            )
        except Exception as error:
            deployment.end(event, "Failed", self._now())
            raise _failed("HOOK_EXECUTION_FAILURE", f"{event}: {error}") from error
        came = told.wait(HOOK_SECONDS, self._world.parties.current())
        deployment.hook = None
        status = deployment.hook_status or "Failed"
        deployment.hook_status = ""
        deployment.end(event, status, self._now())
        self._go_on()
        if status != "Succeeded":
            why = f"{event} reported {status}" if came else f"{event} did not report within an hour"
            raise _failed("HOOK_EXECUTION_FAILURE", why)
        self._look_at_alarms()

    def _allow_traffic(self) -> None:
        deployment = self._deployment
        deployment.begin("AllowTraffic", self._now())
        try:
            for weight, seconds in steps(self._routing):
                self._shift(weight)
                self._watch(seconds)
            self._shift(1.0)
        except Exception:
            deployment.end("AllowTraffic", "Failed", self._now())
            raise
        deployment.end("AllowTraffic", "Succeeded", self._now())

    def _shift(self, weight: float) -> None:
        shift = self._deployment.shift
        whole = weight >= 1
        self._lambda.update_alias(
            FunctionName=shift.function,
            Name=shift.alias,
            FunctionVersion=shift.target if whole else shift.current,
            RoutingConfig={"AdditionalVersionWeights": {} if whole else {shift.target: weight}},
        )
        self._deployment.weight = weight

    def _watch(self, seconds: float) -> None:
        """Wait, and look at the alarms meanwhile."""
        until = self._now() + seconds
        while (left := until - self._now()) > 0:
            party = self._world.parties.current()
            if self._deployment.stop.wait(min(ALARM_SECONDS, left), party):
                break
            self._look_at_alarms()
        self._go_on()

    def _go_on(self) -> None:
        """Unless someone has asked to stop."""
        if self._deployment.stop.is_set():
            why = "the deployment was stopped by a request"
            raise _EndedError("Stopped", "MANUAL_STOP", why, "DEPLOYMENT_STOP_ON_REQUEST")

    def _look_at_alarms(self) -> None:
        configured = self._deployment.group.get("alarmConfiguration") or {}
        names = [alarm["name"] for alarm in configured.get("alarms") or ()]
        if not configured.get("enabled") or not names:
            return
        types = ["MetricAlarm", "CompositeAlarm"]
        found = self._cloudwatch.describe_alarms(AlarmNames=names, AlarmTypes=types)
        alarms = [*found["MetricAlarms"], *found["CompositeAlarms"]]
        red = [alarm["AlarmName"] for alarm in alarms if alarm["StateValue"] == "ALARM"]
        if red:
            why = f"one or more alarms are in the ALARM state: {', '.join(red)}"
            raise _EndedError("Stopped", "ALARM_ACTIVE", why, "DEPLOYMENT_STOP_ON_ALARM")

    def _end(self, status: str, code: str, message: str, trigger: str) -> None:
        info = self._deployment.info
        info["errorInformation"] = {"code": code, "message": message}
        if self._wants_rollback(trigger):
            info["rollbackInfo"] = {
                "rollbackDeploymentId": self._roll_back(self._deployment),
                "rollbackMessage": message,
            }
        info["status"] = status

    def _wants_rollback(self, trigger: str) -> bool:
        configured = self._deployment.group.get("autoRollbackConfiguration") or {}
        automatic = bool(configured.get("enabled")) and trigger in configured.get("events", ())
        asked = self._deployment.rollback_asked
        return automatic if asked is None or trigger != "DEPLOYMENT_STOP_ON_REQUEST" else asked

    def _tell(self, state: str) -> None:
        about = self._deployment.info
        application, group = about["applicationName"], about["deploymentGroupName"]
        get = self._world.seams.get
        region, account = get("responses.get_region")(), get("responses.get_account_id")()
        arn = f"arn:aws:codedeploy:{region}:{account}:deploymentgroup:{application}/{group}"
        detail = {
            "application": application,
            "deploymentGroup": group,
            "deploymentId": about["deploymentId"],
            "region": region,
            "state": state,
        }
        kind = "CodeDeploy Deployment State-change Notification"
        emit(self._world, "aws.codedeploy", kind, detail, [arn])

    def _now(self) -> float:
        return self._world.clock.now()


def _failed(code: str, message: str) -> _EndedError:
    return _EndedError("Failed", code, message, "DEPLOYMENT_FAILURE")
