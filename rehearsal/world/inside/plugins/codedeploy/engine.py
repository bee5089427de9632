"""What CodeDeploy does with a deployment, minute by minute, as the group's service role."""

from collections.abc import Callable
from typing import Any

from rehearsal.world.inside.events import emit
from rehearsal.world.inside.plugins.codedeploy import alias, guard, hooks, rollback
from rehearsal.world.inside.plugins.codedeploy.deployment import Deployment
from rehearsal.world.inside.plugins.codedeploy.ended import EndedError, failed
from rehearsal.world.inside.plugins.codedeploy.traffic import steps
from rehearsal.world.inside.role_session import NotTrustedError, RoleSession
from rehearsal.world.inside.setting import Setting

# How often CodeDeploy looks at a group's alarms is not documented.
ALARM_SECONDS = 30.0
ENDS = {"Succeeded": "SUCCESS", "Failed": "FAILURE", "Stopped": "STOP"}


class Engine:
    """Carries out one deployment."""

    def __init__(
        self,
        world: Setting,
        deployment: Deployment,
        routing: dict[str, Any],
        *,
        session: Callable[[], RoleSession],
        group_arn: str,
        new_rollback: Callable[[], Deployment],
    ) -> None:
        """Carry out a deployment when it is run.

        Args:
            world: where.
            deployment: what.
            routing: how traffic is shifted.
            session: assumes the group's service role.
            group_arn: the group's.
            new_rollback: makes the deployment that restores the version before.
        """
        self._world, self._deployment, self._routing = world, deployment, routing
        self._assume, self._group_arn, self._new_rollback = session, group_arn, new_rollback
        self._lambda: Any = None
        self._cloudwatch: Any = None

    def run(self) -> None:
        """From the first hook to the end, whatever that is, and the rollback if one is due."""
        deployment, info = self._deployment, self._deployment.info
        back = None
        info.update(status="InProgress", startTime=self._now())
        self._tell(deployment, "START")
        try:
            self._deploy()
            info.update(status="Succeeded", completeTime=self._now())
        except EndedError as ended:
            back = self._end(ended)
        except NotTrustedError as error:
            back = self._end(failed("IAM_ROLE_MISSING", str(error)))
        except Exception as error:  # noqa: BLE001 - a service's own errors end no service
            back = self._end(failed("INTERNAL_ERROR", repr(error)))
        self._tell(deployment, ENDS[info["status"]])
        if back is not None:
            self._tell(back, "START")
            self._tell(back, ENDS[back.info["status"]])
        deployment.ended.set()

    def _deploy(self) -> None:
        session = self._assume()
        self._lambda, self._cloudwatch = session.client("lambda"), session.client("cloudwatch")
        alias.check(self._lambda, self._deployment.shift)
        self._look_at_alarms()
        self._hook("BeforeAllowTraffic")
        self._allow_traffic()
        self._hook("AfterAllowTraffic")

    def _hook(self, event: str) -> None:
        wrong = hooks.run(self._world, self._lambda, self._deployment, event)
        self._go_on()
        if wrong is not None:
            raise wrong
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
        alias.move(self._lambda, self._deployment.shift, weight)
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
            raise EndedError("Stopped", "MANUAL_STOP", why, "DEPLOYMENT_STOP_ON_REQUEST")

    def _look_at_alarms(self) -> None:
        why = ""
        try:
            if red := guard.red(self._deployment.group, self._cloudwatch):
                why = f"one or more alarms are in the ALARM state: {', '.join(red)}"
        except guard.UnreadableError as error:
            why = str(error)
        if why:
            raise EndedError("Stopped", "ALARM_ACTIVE", why, "DEPLOYMENT_STOP_ON_ALARM")

    def _end(self, ended: EndedError) -> Deployment | None:
        """The deployment is over; the one that takes it back, if one is due."""
        info, back = self._deployment.info, None
        # Without a session nothing was moved, and nothing can be.
        if self._lambda is not None and rollback.wanted(self._deployment, ended.trigger):
            back = self._new_rollback()
            rollback.take_back(self._deployment, back, self._lambda, self._now())
            info["rollbackInfo"] = {
                "rollbackDeploymentId": back.info["deploymentId"],
                "rollbackMessage": str(ended),
            }
        info["errorInformation"] = {"code": ended.code, "message": str(ended)}
        info.update(status=ended.status, completeTime=self._now())
        return back

    def _tell(self, deployment: Deployment, state: str) -> None:
        about = deployment.info
        detail = {
            "application": about["applicationName"],
            "deploymentGroup": about["deploymentGroupName"],
            "deploymentId": about["deploymentId"],
            "region": self._world.seams.get("responses.get_region")(),
            "state": state,
        }
        kind = "CodeDeploy Deployment State-change Notification"
        emit(self._world, "aws.codedeploy", kind, detail, [self._group_arn])

    def _now(self) -> float:
        return self._world.clock.now()
