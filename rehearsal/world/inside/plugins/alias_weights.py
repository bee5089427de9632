"""Lambda's weighted aliases: each call goes to one of two versions, by a seeded chance."""

import random
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from rehearsal.world.inside.setting import Setting

# The function, the alias by which it was called, and the version that was chosen.
CALLED: ContextVar[tuple[str, str, str]] = ContextVar("called", default=("", "", ""))


def install(world: Setting) -> None:
    """Choose a version for calls by the API and for events alike."""
    seams = world.seams
    functions = seams.get("lambda_svc._functions")
    invoke, find = seams.get("lambda_svc._invoke"), seams.get("lambda_svc._get_func_record_for_ref")
    chances: dict[str, random.Random] = {}
    world.memory.hold("alias weights", chances)

    def choose(name: str, alias: str) -> str | None:
        record = ((functions.get(name) or {}).get("aliases") or {}).get(alias)
        if not record:
            return None
        weights = (record.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        arn = record["AliasArn"]
        if arn not in chances:
            # Two threads may come at once, and only one chance may count.
            chances.setdefault(arn, world.chance(arn))
        return pick(str(record["FunctionVersion"]), weights, chances[arn].random())

    async def weighted(
        name: str, event: Any, headers: Any, path_qualifier: Any = None, query_params: Any = None
    ) -> Any:
        asked = (query_params or {}).get("Qualifier")
        asked = asked[0] if isinstance(asked, list) and asked else asked
        alias = path_qualifier or asked or headers.get("x-amz-qualifier") or ""
        version = choose(name, alias)
        if version is None:
            return await invoke(name, event, headers, path_qualifier, query_params)
        token = CALLED.set((name, alias, version))
        try:
            return await invoke(name, event, headers, version, query_params)
        finally:
            CALLED.reset(token)

    def found(function_ref: str) -> Any:
        record, config, name = find(function_ref)
        alias = str(function_ref).rpartition(":")[2]
        version = choose(name, alias) if record else None
        if version is None:
            return record, config, name
        chosen = functions[name]["versions"][version]
        return chosen, called_as(chosen["config"], alias), name

    seams.put("lambda_svc._invoke", weighted)
    seams.put("lambda_svc._get_func_record_for_ref", found)


def pick(primary: str, weights: Mapping[str, float], chance: float) -> str:
    """The version that a call goes to.

    Args:
        primary: gets what the others leave.
        weights: how much each other version gets, from 0 to 1.
        chance: from 0 to below 1.
    """
    for version, weight in sorted(weights.items()):
        chance -= float(weight)
        if chance < 0:
            return version
    return primary


def called_as(config: Mapping[str, Any], alias: str) -> dict[str, Any]:
    """The configuration of a version as one who was called by an alias sees it."""
    arn = ":".join([*str(config["FunctionArn"]).split(":")[:7], alias])
    return {**config, "FunctionArn": arn}
