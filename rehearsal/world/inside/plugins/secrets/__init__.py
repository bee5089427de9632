"""Secrets Manager: rotation by a function, values by a template's rules, and CloudFormation."""

from typing import Any

from rehearsal.world.inside.plugins.secrets import passwords, policies, stack
from rehearsal.world.inside.plugins.secrets.answers import Answer, RefusedError, content_of, given
from rehearsal.world.inside.plugins.secrets.rotation import Data, Handler, Rotations
from rehearsal.world.inside.plugins.secrets.schedule import HOUR
from rehearsal.world.inside.setting import Setting

DATES = ("LastRotatedDate", "NextRotationDate")


def install(world: Setting) -> None:
    """Rotate secrets for real, and let CloudFormation have their types."""
    seams, rotations = world.seams, Rotations(world)
    chance = world.chance("secrets/values")
    world.memory.hold("secrets' values", chance)
    world.memory.hold("secrets' rotations", rotations, "due", "_chance")
    seams.put("secretsmanager._rotate_secret", rotations.rotate)
    seams.wrap("secretsmanager._get_secret_value", _not_pending)
    seams.wrap("secretsmanager._describe_secret", lambda stock: _with_dates(rotations, stock))
    seams.wrap("secretsmanager._put_resource_policy", _checked)
    seams.put("provisioners._sm_secret_string", lambda props: passwords.value_of(props, chance))
    stack.install(rotations, seams.get("secretsmanager._put_resource_policy"))
    world.parties.watch("rotations", int(HOUR), rotations.look)


def _not_pending(stock: Handler) -> Handler:
    """A version that has no value yet is as if it were not there."""

    def get(data: Data) -> Answer:
        answer = stock(data)
        try:
            content = content_of(answer)
        except RefusedError:
            return answer
        if "SecretString" in content or "SecretBinary" in content:
            return answer
        why = "Secrets Manager can't find the specified secret value for"
        asked = data.get("VersionId") or data.get("VersionStage", "AWSCURRENT")
        return RefusedError("ResourceNotFoundException", f"{why} {asked}").answer

    return get


def _with_dates(rotations: Rotations, stock: Handler) -> Handler:
    def describe(data: Data) -> Answer:
        try:
            content: dict[str, Any] = content_of(stock(data))
            secret = rotations.secret(content["ARN"])
        except RefusedError:
            return stock(data)
        dates = {name: secret[name] for name in DATES if name in secret}
        return given({**content, **dates})

    return describe


def _checked(stock: Handler) -> Handler:
    def put(data: Data) -> Answer:
        try:
            block = bool(data.get("BlockPublicPolicy"))
            policies.check(str(data.get("ResourcePolicy", "")), block_public=block)
        except RefusedError as error:
            return error.answer
        return stock(data)

    return put
