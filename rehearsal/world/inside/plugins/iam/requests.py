"""Which action, resource and condition keys a call is decided by."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.plugins.iam.asked import Asked, asked, latest
from rehearsal.world.inside.plugins.iam.keys import Keys, keys
from rehearsal.world.inside.plugins.iam.place import Place
from rehearsal.world.inside.plugins.iam.resources import Finder, finders
from rehearsal.world.inside.setting import Setting

# Operations whose action has another name; all others are called as they are.
ACTIONS = {
    ("lambda", "Invoke"): "InvokeFunction",
    ("lambda", "InvokeAsync"): "InvokeFunction",
    ("lambda", "InvokeWithResponseStream"): "InvokeFunction",
}
# Services whose actions ministack derives wrongly, with the namespace of their actions.
BY_MODEL = {"lambda": "lambda", "monitoring": "cloudwatch"}


def install(world: Setting) -> None:
    """Correct what a call is taken to ask for."""
    seams = world.seams
    find, found_keys = finders(world), keys(world)
    seams.wrap("iam_actions.extract_iam_action", _action)
    seams.wrap("iam_actions.extract_resource_arn", lambda stock: _resource(stock, find))
    seams.wrap("iam_actions.request_tag_context", lambda stock: _context(stock, found_keys))
    # Each event is decided on with its own keys, in `further`.
    seams.put("iam_actions.eventbridge_resource_arns", lambda *_request: [])


def _action(stock: Callable[..., Any]) -> Callable[..., Any]:
    def extracted(service: str, *request: Any) -> Any:
        call = asked(service, *request)
        if service in BY_MODEL and call.operation:
            name = ACTIONS.get((service, call.operation), call.operation)
            return f"{BY_MODEL[service]}:{name}"
        return stock(service, *request)

    return extracted


def _resource(stock: Callable[..., Any], find: Mapping[str, Finder]) -> Callable[..., Any]:
    def extracted(service: str, *request: Any) -> Any:
        *parts, region, account = request
        if service in find:
            call = asked(service, *parts)
            arns = find[service](call, Place(region, account)) if call.operation else None
            for arn in arns or ():
                return arn
        return stock(service, *request)

    return extracted


def _context(stock: Callable[..., Any], found_keys: Callable[[Asked], Keys]) -> Callable[..., Any]:
    def extracted(service: str, *request: Any) -> Any:
        call = latest(service)
        return {**stock(service, *request), **(found_keys(call) if call else {})}

    return extracted
