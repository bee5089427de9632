"""What AWS asks for beside the call itself, before the call is carried out.

A role that is passed, a key that encrypts, every alarm, event and log group after the first. Each
is a question of its own to IAM, and the refusal names it.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from rehearsal.world.inside.plugins.iam.asked import Asked, asked
from rehearsal.world.inside.plugins.iam.check import Check, denied, refusal
from rehearsal.world.inside.plugins.iam.encryption import key_checks
from rehearsal.world.inside.plugins.iam.keys import event_keys, keys
from rehearsal.world.inside.plugins.iam.passed_roles import ROLES, passed_roles
from rehearsal.world.inside.plugins.iam.place import Place, place
from rehearsal.world.inside.plugins.iam.requests import BY_MODEL
from rehearsal.world.inside.plugins.iam.resources import finders
from rehearsal.world.inside.plugins.iam.signing import handed_over, left_behind
from rehearsal.world.inside.plugins.iam.templates import code, fetched
from rehearsal.world.inside.setting import Setting

Handler = Callable[..., Awaitable[tuple[int, dict[str, str], bytes]]]
NOT_FOUND = 404
# Whoever may not list a bucket is not told what is missing in it.
S3_READS = {"GetObject", "HeadObject"}


def install(world: Setting) -> None:
    """Ask before each service's handler does its work."""
    handlers = world.seams.get("app.SERVICE_HANDLERS")
    beside = {service for service, _ in ROLES} | {
        "codepipeline",
        "s3",
        "secretsmanager",
        "signer",
        "sns",
    }
    checks = _checks(world)
    for service in sorted((beside | set(finders(world))) & set(handlers)):
        handlers[service] = _asking(world, service, handlers[service], checks)
    world.seams.wrap("iam_actions.access_denied_response", _naming_the_resource)


def _checks(world: Setting) -> Callable[[Asked, Place], Iterator[Check]]:
    find, of_key, of_keys = finders(world), key_checks(world), keys(world)

    def beside(call: Asked, where: Place) -> Iterator[Check]:
        if (call.service, call.operation) == ("events", "PutEvents"):
            entries = [each for each in call.given.get("Entries") or () if isinstance(each, dict)]
            buses = list(find["events"](call, where) or ())
            for bus, entry in list(zip(buses, entries, strict=True))[1:]:
                yield Check(action="events:PutEvents", resource=bus, keys=event_keys(entry))
        elif call.service in find:
            action = f"{BY_MODEL.get(call.service, call.service)}:{call.operation}"
            for arn in list(find[call.service](call, where) or ())[1:]:
                yield Check(action=action, resource=arn, keys=of_keys(call))
        yield from passed_roles(call, where)
        yield from of_key(call, where)
        for read in (*fetched(call), *code(call), *handed_over(call)):
            version = read.text("VersionId")
            yield Check(
                action="s3:GetObjectVersion" if version else "s3:GetObject",
                resource=f"arn:aws:s3:::{read.text('Bucket')}/{read.text('Key')}",
                keys={
                    "s3:VersionId": version or None,
                    "aws:CalledVia": [f"{call.service}.amazonaws.com"],
                },
            )
            yield from of_key(read, where)
        for write in left_behind(call):
            arn = f"arn:aws:s3:::{write.text('Bucket')}/{write.text('Key')}"
            yield Check(action="s3:PutObject", resource=arn)
            yield from of_key(write, where)

    return beside


def _asking(
    world: Setting,
    service: str,
    stock: Handler,
    checks: Callable[[Asked, Place], Iterator[Check]],
) -> Handler:
    seams, where = world.seams, place(world)
    access_key = seams.get("router.extract_access_key_id")

    async def handle(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any
    ) -> tuple[int, dict[str, str], bytes]:
        who = access_key(headers, query_params)
        call = asked(service, method, path, headers, body, query_params)
        for check in checks(call, where()) if who and call.operation else ():
            if refused := denied(world, who, check):
                return _refused(world, service, check, refused, headers)
        answer = await stock(method, path, headers, body, query_params)
        if service == "s3" and answer[0] == NOT_FOUND and call.operation in S3_READS and who:
            listing = Check(action="s3:ListBucket", resource=f"arn:aws:s3:::{call.text('Bucket')}")
            if refused := denied(world, who, listing):
                return _refused(world, service, listing, refused, headers)
        return answer

    return handle


def _refused(
    world: Setting, service: str, check: Check, refused: Any, headers: Mapping[str, str]
) -> tuple[int, dict[str, str], bytes]:
    respond = world.seams.get("iam_actions.access_denied_response")
    answer: tuple[int, dict[str, str], bytes] = respond(
        service,
        check.action,
        refused.principal_arn,
        "",
        headers=dict(headers),
        resource_arn=check.resource,
        explicit_deny=refused.decision == "Deny",
        resource_policy_arn=refused.resource_policy_arn,
    )
    return answer


def _naming_the_resource(stock: Callable[..., Any]) -> Callable[..., Any]:
    """AWS says on what someone may not do something; ministack mostly does not."""

    def respond(
        service: str,
        action: str,
        principal_arn: str,
        request_id: str,
        *,
        error_code: str = "",
        message: str = "",
        headers: Any = None,
        resource_arn: str = "*",
        explicit_deny: bool = False,
        resource_policy_arn: str = "",
    ) -> Any:
        if not message and not error_code and not resource_policy_arn and resource_arn != "*":
            check = Check(action=action, resource=resource_arn)
            message = refusal(check, principal_arn, explicit=explicit_deny)
        return stock(
            service,
            action,
            principal_arn,
            request_id,
            error_code=error_code,
            message=message,
            headers=headers,
            resource_arn=resource_arn,
            explicit_deny=explicit_deny,
            resource_policy_arn=resource_policy_arn,
        )

    return respond
