"""CloudFormation's AWS::Lambda::CodeSigningConfig, and what a function under one does not take."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rehearsal.world.inside.plugins.code_signing.signatures import NotSignedError, publisher
from rehearsal.world.inside.plugins.iam.place import place
from rehearsal.world.inside.setting import Setting

TYPE = "AWS::Lambda::CodeSigningConfig"
FUNCTION = "AWS::Lambda::Function"
LETTERS = "0123456789abcdef"
ENFORCE = "Enforce"
REFUSED = (
    "Lambda cannot deploy the function. The function or layer might be signed using a signature "
    "that the client is not configured to accept."
)
Made = tuple[str, dict[str, Any]]
Properties = Mapping[str, Any]


def install(world: Setting, key: bytes) -> None:
    """Let CloudFormation make configurations, and Lambda hold code against them."""
    types = world.seams.get("provisioners._RESOURCE_HANDLERS")
    known: dict[str, Properties] = {}
    world.memory.hold("code signing", known)
    types[TYPE] = _type(world, known)
    world.seams.get("provisioners._STACK_TAG_PROPERTY")[TYPE] = ("Tags", "list")
    check = _check(world, known, key)
    types[FUNCTION]["create"] = _checked_when_made(types[FUNCTION]["create"], check)
    types[FUNCTION]["update"] = _checked_when_changed(types[FUNCTION]["update"], check)


def _type(world: Setting, known: dict[str, Properties]) -> dict[str, Callable[..., Any]]:
    where = place(world)

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        chance = world.chance(f"code-signing-config/{stack}/{logical_id}")
        id_ = f"csc-{''.join(chance.choices(LETTERS, k=17))}"
        arn = where().arn("lambda", f"code-signing-config:{id_}")
        known[arn] = properties
        return arn, {"CodeSigningConfigArn": arn, "CodeSigningConfigId": id_}

    def update(arn: str, _old: Properties, new: Properties, *_more: object) -> Made:
        known[arn] = new
        id_ = arn.rpartition(":")[2]
        return arn, {"CodeSigningConfigArn": arn, "CodeSigningConfigId": id_}

    def delete(arn: str, _properties: Properties) -> None:
        known.pop(arn, None)

    return {"create": create, "update": update, "delete": delete}


def _check(
    world: Setting, known: Mapping[str, Properties], key: bytes
) -> Callable[[Properties], None]:
    read = world.seams.get("signer._resolve_source")

    def check(function: Properties) -> None:
        """See that a function may get its code.

        Raises:
            ValueError: Lambda refuses it.
        """
        config = str(function.get("CodeSigningConfigArn") or "")
        if not config:
            return
        if config not in known:
            raise ValueError(f"The code signing configuration cannot be found: {config}")
        code = function.get("Code") or {}
        package, _ = read(code.get("S3Bucket"), code.get("S3Key"), code.get("S3ObjectVersion"))
        if package is None:
            # Whoever makes the function says so.
            return
        policy = known[config].get("CodeSigningPolicies") or {}
        allowed = known[config]["AllowedPublishers"]["SigningProfileVersionArns"]
        why_not = _distrust(package, key, allowed)
        if why_not and policy.get("UntrustedArtifactOnDeployment") == ENFORCE:
            raise ValueError(f"{REFUSED} {why_not}")

    return check


def _distrust(package: bytes, key: bytes, allowed: Sequence[str]) -> str:
    try:
        by = publisher(package, key)
    except NotSignedError as error:
        return str(error)
    return "" if by in allowed else f"It is signed by {by}, which is not allowed"


def _checked_when_made(
    stock: Callable[..., Made], check: Callable[[Properties], None]
) -> Callable[..., Made]:
    def create(logical_id: str, properties: Properties, *more: object) -> Made:
        check(properties)
        return stock(logical_id, properties, *more)

    return create


def _checked_when_changed(
    stock: Callable[..., Made], check: Callable[[Properties], None]
) -> Callable[..., Made]:
    """Lambda looks at new code alone, and not when a function is put under a configuration."""

    def update(id_: str, old: Properties, new: Properties, *more: object) -> Made:
        if old.get("Code") != new.get("Code"):
            check(new)
        return stock(id_, old, new, *more)

    return update
