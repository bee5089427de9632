"""A secret is rotated as on AWS: by its function, in four steps, as the function's policy allows.

RotateSecret answers at once. The version to come is there from the start, under AWSPENDING and
without a value. Where a step fails, the rotation has failed: the label stays, which keeps the
next one from beginning, the world's log says why, and so does an event. What is not there: the
test of a configuration that is not to be used at once, and AWS's own attempts to try again.
"""

import contextvars
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.plugins.secrets.answers import Answer, RefusedError, content_of, given
from rehearsal.world.inside.plugins.secrets.schedule import HOUR, seconds_between
from rehearsal.world.inside.plugins.secrets.steps import SERVICE, run
from rehearsal.world.inside.service_access import lets_in
from rehearsal.world.inside.setting import Setting
from rehearsal.world.inside.work import start

Data = dict[str, Any]
Handler = Callable[[Data], Answer]


@dataclass(eq=False)
class Rotations:
    """The rotations of one world.

    Attributes:
        world: where.
        due: by the secret's ARN, when it is to be rotated next.
    """

    world: Setting
    due: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = self.world.chance("secrets/rotation")

    def rotate(self, data: Data) -> Answer:
        """RotateSecret."""
        try:
            return self._rotate(data)
        except RefusedError as error:
            return error.answer

    def _rotate(self, data: Data) -> Answer:
        secret = self.secret(data.get("SecretId", ""))
        function = data.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
        if not function:
            why = "No Lambda rotation function ARN is associated with this secret."
            raise RefusedError("InvalidRequestException", why)
        rules = data.get("RotationRules") or secret.get("RotationRules") or {}
        between = seconds_between(rules)
        self._may_invoke(function, secret["ARN"])
        token = data.get("ClientRequestToken") or str(
            uuid.UUID(int=self._chance.getrandbits(128), version=4)
        )
        now_rotated = data.get("RotateImmediately", True)
        if now_rotated:
            _pend(secret, token, self.world.clock.now())
        secret.update(RotationLambdaARN=function, RotationRules=rules, RotationEnabled=True)
        self._plan(secret, between)
        if now_rotated:
            name = f"rotation of {secret['Name']}"
            start(self.world, name, lambda: run(self.world, secret, token))
        return given({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token})

    def cancel(self, secret_id: str) -> None:
        """No more rotations of the secret, if there still is one."""
        try:
            secret = self.secret(secret_id)
        except RefusedError:
            return
        secret.update(RotationEnabled=False)
        secret.pop("NextRotationDate", None)
        self.due.pop(secret["ARN"], None)

    def secret(self, secret_id: str) -> Data:
        """Ministack's record of a secret.

        Raises:
            RefusedError: there is none, or it is to be deleted.
        """
        found: Data | None = self.world.seams.get("secretsmanager._resolve")(secret_id)[1]
        if not found:
            why = "Secrets Manager can't find the specified secret."
            raise RefusedError("ResourceNotFoundException", why)
        if found.get("DeletedDate"):
            raise RefusedError("InvalidRequestException", "The secret is marked for deletion.")
        return found

    def look(self) -> None:
        """Begin each rotation that is due."""
        now = self.world.clock.now()
        for arn, when in sorted(self.due.items()):
            if when > now:
                continue
            answer = contextvars.copy_context().run(self._rotate_where_it_is, arn)
            try:
                content_of(answer)
            except RefusedError:
                logging.getLogger(__name__).exception("no rotation of %s", arn)
                self.due[arn] = now + HOUR

    def _rotate_where_it_is(self, arn: str) -> Answer:
        region, account = arn.split(":")[3:5]
        self.world.seams.get("responses.set_request_account_id")(account)
        self.world.seams.get("responses.set_request_region")(region)
        return self.rotate({"SecretId": arn})

    def _plan(self, secret: Data, between: float | None) -> None:
        if between is None:
            self.due.pop(secret["ARN"], None)
            return
        when = self.world.clock.now() + between
        secret["NextRotationDate"] = when
        self.due[secret["ARN"]] = when

    def _may_invoke(self, function_arn: str, secret_arn: str) -> None:
        record = self.world.seams.get("lambda_svc._get_func_record_for_ref")(function_arn)[0]
        # A version's policy is with its function.
        name = ":".join(function_arn.split(":")[:7])
        function = self.world.seams.get("lambda_svc._functions").get(name.rpartition(":")[2])
        if (
            not record
            or not function
            or not lets_in(
                self.world,
                function["policy"],
                SERVICE,
                action="lambda:InvokeFunction",
                resource_arn=function_arn,
                source_arn=secret_arn,
            )
        ):
            raise RefusedError(
                "AccessDeniedException",
                "Secrets Manager cannot invoke the specified Lambda function. Ensure that the"
                f" function policy grants access to the principal {SERVICE}.",
            )


def _pend(secret: Data, token: str, now: float) -> None:
    """The version to come, without a value."""
    versions = secret["Versions"]
    for version, about in versions.items():
        stages = about["Stages"]
        if "AWSPENDING" in stages and "AWSCURRENT" not in stages and version != token:
            why = "A previous rotation isn't complete. That rotation will be reattempted."
            raise RefusedError("InvalidRequestException", why)
    for about in versions.values():
        about["Stages"] = [stage for stage in about["Stages"] if stage != "AWSPENDING"]
    nothing: Data = {"SecretString": None, "SecretBinary": None}
    empty = {**nothing, "CreatedDate": int(now), "Stages": []}
    versions.setdefault(token, empty)["Stages"].append("AWSPENDING")
