"""What the words of a policy mean: `aws:PrincipalArn`, and variables such as `${aws:username}`."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rehearsal.world.inside.setting import Setting

VARIABLE = re.compile(r"\$\{([^}]+)\}")
# How a policy writes the characters that would else mean something.
LITERALS = {"*": "*", "?": "?", "$": "$"}


def install(world: Setting) -> None:
    """Correct the evaluator."""
    roles = world.seams.get("iam._roles")
    world.seams.wrap("iam_evaluator._resolve_condition_key", lambda stock: _keys(stock, roles))
    keys = world.seams.get("iam_evaluator._resolve_condition_key")
    world.seams.wrap("iam_evaluator._first_match", lambda stock: _with_variables(stock, keys))


def _keys(stock: Callable[..., Any], roles: Any) -> Callable[..., Any]:
    """A key's value: what the call says of it, or else what is so for every call."""

    def value(key: str, ctx: Any) -> Any:
        known = key.lower()
        if known == "aws:principalarn":
            return role_arn(ctx.principal_arn, roles)
        # A service that acts is no principal of an account.
        if known in ("aws:principalaccount", "aws:principaltype") and not ctx.principal_account:
            return None
        if known in ctx.service_context:
            return ctx.service_context[known]
        by_service = str(ctx.principal_type == "Service").lower()
        usual = {"aws:viaawsservice": "false", "aws:principalisawsservice": by_service}
        return usual[known] if known in usual else stock(key, ctx)

    return value


def _with_variables(stock: Callable[..., Any], keys: Callable[..., Any]) -> Callable[..., Any]:
    def matched(ctx: Any, statements: list[Any], effect: str) -> Any:
        for each in statements:
            meant = substituted(each, lambda key: keys(key, ctx))
            if meant is not None and stock(ctx, [meant], effect):
                return each
        return None

    return matched


def role_arn(principal: str, roles: Any) -> str:
    """The ARN of who acts: for the session of a role, the role's own, with its path."""
    if ":assumed-role/" not in principal:
        return principal
    account, name = principal.split(":")[4], principal.split("/")[1]
    role = roles.get_scoped(account, None, name)
    return str(role["Arn"]) if role else f"arn:aws:iam::{account}:role/{name}"


def substituted(statement: Any, value: Callable[[str], Any]) -> Any:
    """The statement with each variable's value; none where a variable has none, as on AWS."""
    if not _has_variables(statement):
        return statement
    try:
        return replace(
            statement,
            resources=[_filled(each, value) for each in statement.resources],
            not_resources=[_filled(each, value) for each in statement.not_resources],
            conditions=_conditions(statement.conditions, value),
        )
    except LookupError:
        return None


def _has_variables(statement: Any) -> bool:
    """Whether it does; most statements are asked about again and again."""
    known: bool | None = getattr(statement, "has_variables", None)
    if known is None:
        texts = [*statement.resources, *statement.not_resources, str(statement.conditions)]
        known = statement.has_variables = any("${" in text for text in texts)
    return known


def _conditions(conditions: Any, value: Callable[[str], Any]) -> Any:
    if isinstance(conditions, dict):
        return {key: _conditions(each, value) for key, each in conditions.items()}
    if isinstance(conditions, list):
        return [_conditions(each, value) for each in conditions]
    return _filled(conditions, value) if isinstance(conditions, str) else conditions


def _filled(text: str, value: Callable[[str], Any]) -> str:
    def found(match: re.Match[str]) -> str:
        name, _, default = match[1].partition(",")
        if name in LITERALS:
            return LITERALS[name]
        got = value(name.strip())
        if got is None and not default:
            raise LookupError(name)
        return str(got) if got is not None else default.strip().strip("'")

    return VARIABLE.sub(found, text)
