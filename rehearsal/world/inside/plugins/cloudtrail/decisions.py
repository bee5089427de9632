"""What IAM decides while a call is answered, and by which statements.

IAM looks at each call's action and resource, at some calls' several. Which of a role's statements
allow it is asked at the same moment: conditions may say something else later.
"""

import contextvars
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.setting import Setting

# The policies of a role are read anew for each call, and are mostly the same.
KEPT_POLICIES = 4096


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What IAM said.

    Attributes:
        action: what was to be done, such as `s3:PutObject`.
        resource: the ARN of what it was to be done to, or `*`.
        principal: the ARN of who was to do it.
        allowed: whether they may.
        statements: the policy, number and Sid of each statement of the principal's own policies
            that allows it; none where only the resource's own policy does, or the root user acts.
    """

    action: str
    resource: str
    principal: str
    allowed: bool
    statements: tuple[tuple[str, int, str], ...] = ()


@dataclass
class Open:
    """A call that is being answered."""

    access_key: str = ""
    service: str = ""
    recorded: bool = False
    decisions: list[Decision] = field(default_factory=list)


OPEN: contextvars.ContextVar[Open | None] = contextvars.ContextVar("call", default=None)
_ALLOWING: contextvars.ContextVar[list[Any] | None] = contextvars.ContextVar(
    "allowing", default=None
)


def install(world: Setting) -> None:
    """Let each decision be kept with the call that it is about."""
    seams = world.seams
    seams.put("iam_evaluator._gather_role_policies", _named_policies(world))
    # After that, whose statements are told apart by the policy that they are in.
    seams.wrap("iam_evaluator.parse_policy_document", _keeping)
    first = seams.get("iam_evaluator._first_match")

    def evaluate(stock: Callable[..., Any]) -> Callable[..., Any]:
        def evaluated(ctx: Any, policies: Any, *limits: Any) -> Any:
            allowing = _ALLOWING.get()
            if allowing is not None:
                # The first time it is asked about the principal's own policies.
                _ALLOWING.set(None)
                statements = (each for policy in policies for each in policy)
                allowing.extend(each for each in statements if first(ctx, [each], "Allow"))
            return stock(ctx, policies, *limits)

        return evaluated

    def enforce(stock: Callable[..., Any]) -> Callable[..., Any]:
        def enforced(  # noqa: PLR0917 - its own call
            access_key_id: str,
            iam_action: str,
            service: str,
            region: str,
            resource_arn: str = "*",
            service_context: Any = None,
        ) -> Any:
            call, allowing = OPEN.get(), []  # type: ignore[var-annotated]
            if call is None or call.recorded:
                return stock(
                    access_key_id, iam_action, service, region, resource_arn, service_context
                )
            token = _ALLOWING.set(allowing)
            try:
                denied = stock(
                    access_key_id, iam_action, service, region, resource_arn, service_context
                )
            finally:
                _ALLOWING.reset(token)
            call.access_key, call.service = access_key_id, service
            account = seams.get("responses.get_account_id")()
            who = seams.get("iam_evaluator.resolve_credential")(access_key_id, account)
            call.decisions.append(
                Decision(
                    action=iam_action,
                    resource=resource_arn,
                    principal=getattr(who, "principal_arn", ""),
                    allowed=denied is None,
                    statements=tuple(getattr(each, "origin", ("", 0, "")) for each in allowing)
                    if denied is None
                    else (),
                )
            )
            return denied

        return enforced

    seams.wrap("iam_evaluator.evaluate", evaluate)
    seams.wrap("iam_evaluator.enforce", enforce)


def _keeping(parse: Callable[[Any], list[Any]]) -> Callable[[Any], list[Any]]:
    """Reads each text once: a role's boundary is read anew for each call, twice."""
    of_text = functools.lru_cache(KEPT_POLICIES)(parse)
    return lambda doc: list(of_text(doc)) if isinstance(doc, str) else parse(doc)


def _named_policies(world: Setting) -> Callable[[str, str], list[list[Any]]]:
    """Ministack's own function, with each statement's origin at hand."""
    seams = world.seams
    parse, roles = seams.get("iam_evaluator.parse_policy_document"), seams.get("iam._roles")
    managed = seams.get("iam_evaluator._resolve_managed_policy_document")
    kept: dict[tuple[str, str], list[Any]] = {}

    def parsed(name: str, document: Any) -> list[Any]:
        text = document if isinstance(document, str) else json.dumps(document)
        if (name, text) not in kept:
            if len(kept) >= KEPT_POLICIES:
                kept.clear()
            statements = parse(document)
            for number, each in enumerate(statements):
                each.origin = (name, number, each.sid)
            kept[name, text] = statements
        return kept[name, text]

    def gather(role_name: str, account_id: str) -> list[list[Any]]:
        role = roles.get_scoped(account_id, None, role_name) or {}
        documents = dict(role.get("InlinePolicies") or {})
        for arn in role.get("AttachedPolicies", []):
            documents[arn] = managed(arn, account_id)
        return [parsed(name, each) for name, each in documents.items() if each]

    return gather
