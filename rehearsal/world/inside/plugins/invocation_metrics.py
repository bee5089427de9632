"""What Lambda counts of each run, by function, by alias and by the version behind the alias.

Lambda Developer Guide, "Viewing metrics for Lambda functions". Durations are in the world's time:
what a function sleeps counts, what this machine needs to compute does not.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.world.inside.embedded_metrics import embedded_metrics
from rehearsal.world.inside.plugins.alias_weights import CALLED, called_as
from rehearsal.world.inside.setting import Setting

# No run takes no time, and a duration of zero would be no data at all.
LEAST_MS = 1.0


def install(world: Setting) -> None:
    """Count each run at the one point that all runs pass, and read the metrics in its log."""
    seams = world.seams
    run = seams.get("lambda_svc._execute_function_dispatch")

    def counted(func: Any, config: Any, event: Any, request_id: str, started: float) -> Any:
        name, alias, version = CALLED.get()
        if alias and (config.get("FunctionName"), str(config.get("Version"))) == (name, version):
            config = called_as(config, alias)
            func = {**func, "config": config}
        began = world.clock.now()
        result = run(func, config, event, request_id, started)
        _count_run(world, config, result, began)
        _count_embedded(world, str(result.get("log") or ""))
        return result

    # It counts by the function only, and at another point for each kind of call.
    def only_throttles(function_name: str, *_run: object, throttle: bool, **_more: object) -> None:
        if throttle:
            _store(world, "AWS/Lambda", "Throttles", {"FunctionName": function_name}, [1.0])

    seams.put("lambda_svc._execute_function_dispatch", counted)
    seams.put("lambda_svc._emit_lambda_metrics", only_throttles)


def _count_run(
    world: Setting, config: Mapping[str, Any], result: Mapping[str, Any], began: float
) -> None:
    took_ms = (world.clock.now() - began) * 1000
    for dimensions in _dimensions(config):
        for name, value, unit in (
            ("Invocations", 1.0, "Count"),
            ("Errors", float(bool(result.get("error"))), "Count"),
            ("Duration", max(LEAST_MS, took_ms), "Milliseconds"),
        ):
            _store(world, "AWS/Lambda", name, dimensions, [value], unit=unit)


def _count_embedded(world: Setting, log: str) -> None:
    for line in log.splitlines():
        for each in embedded_metrics(line, world.clock.now()):
            _store(
                world,
                each.namespace,
                each.name,
                each.dimensions,
                each.values,
                unit=each.unit,
                at=each.at,
            )


def _store(
    world: Setting,
    namespace: str,
    name: str,
    dimensions: dict[str, str],
    values: list[float],
    *,
    unit: str = "Count",
    at: float | None = None,
) -> None:
    when = world.clock.now() if at is None else at
    store = world.seams.get("cloudwatch._store_datum")
    store(namespace, name, dimensions, when, unit, None, values, None, None)


def _dimensions(config: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    name, _, qualifier = str(config["FunctionArn"]).split(":", 6)[6].partition(":")
    by_function = {"FunctionName": name}
    yield {}
    yield by_function
    yield {**by_function, "Resource": f"{name}:{qualifier}" if qualifier else name}
    version = str(config.get("Version") or "$LATEST")
    if qualifier and qualifier != version:
        yield {**by_function, "Resource": f"{name}:{qualifier}", "ExecutedVersion": version}
