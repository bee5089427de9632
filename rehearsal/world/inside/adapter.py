"""Every name of ministack that the world replaces or reads, in one place.

ministack promises none of them. Each is checked before anything is served: that it exists and
that it is called as we expect. An upgrade that moves one stops the start and names it.
"""

import importlib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from types import ModuleType
from typing import Any

PINNED = "1.5.33"


class MovedSeamError(RuntimeError):
    """This ministack is not the one that the world was fitted to; pin it again, or fit anew."""


@dataclass(frozen=True)
class Seam:
    """A name of ministack that the world holds on to.

    Attributes:
        module: where it stands, below `ministack`.
        name: what it is called there.
        shape: a function's parameters in order, or the name of the type of anything else.
    """

    module: str
    name: str
    shape: str


_INVOKE = "name, event, headers, path_qualifier, query_params"
_DRAIN = "self, first_line_wait, idle_confirm, hard_cap"
_WORK = "self, event, request_id, trace_id, depth, durable, invoked_function_arn"
_REQUEST = "service, method, path, headers, body, query_params, region, account_id"
_CLOUDWATCH_CALL = "params, cbor_data, is_cbor, is_json"
_CREDENTIAL = "access_key_id, account_id, session_token"
_DECISION = "access_key_id, iam_action, service, region, resource_arn, service_context"

SEAMS = (
    # Time and threads.
    Seam("core.lambda_runtime", "time", "module"),
    Seam("core.sigv4", "request_time_failure", "signature, now"),
    Seam("services.eventbridge", "time", "module"),
    Seam("services.eventbridge", "threading", "module"),
    Seam("services.eventbridge", "_scheduler_loop", ""),
    Seam("services.lambda_svc", "time", "module"),
    Seam("services.lambda_svc", "threading", "module"),
    Seam("services.lambda_svc", "_poll_loop", ""),
    Seam("services.lambda_svc", "_LAMBDA_STATE_TRANSITION_DELAY", "float"),
    Seam("services.scheduler", "time", "module"),
    Seam("services.sns", "_threading", "module"),
    Seam("services.sqs", "asyncio", "module"),
    Seam("services.stepfunctions", "time", "module"),
    Seam("services.stepfunctions", "threading", "module"),
    Seam("services.stepfunctions", "ThreadPoolExecutor", "type"),
    # Lambda's workers.
    Seam("core.lambda_runtime", "_PYTHON_WORKER_SCRIPT", "str"),
    Seam("core.lambda_runtime", "Worker._drain_stderr_bounded", _DRAIN),
    Seam("core.lambda_runtime", "Worker.invoke", _WORK),
    Seam("core.lambda_runtime", "_signal", "proc"),
    Seam("core.lambda_runtime", "reset", ""),
    Seam("services.lambda_svc", "_execute_function_warm", "func, event, request_id"),
    # Lambda's aliases and metrics.
    Seam("services.lambda_svc", "_invoke", _INVOKE),
    Seam("services.lambda_svc", "_get_func_record_for_ref", "function_ref"),
    Seam(
        "services.lambda_svc", "_emit_lambda_metrics", "function_name, duration_ms, error, throttle"
    ),
    Seam(
        "services.lambda_svc",
        "_execute_function_dispatch",
        "func, config, event, request_id, started",
    ),
    Seam("services.lambda_svc", "_functions", "AccountRegionScopedDict"),
    # CloudWatch.
    Seam("services.cloudwatch", "_metrics", "AccountRegionScopedDict"),
    Seam("services.cloudwatch", "_alarms", "AccountRegionScopedDict"),
    Seam(
        "services.cloudwatch",
        "_store_datum",
        "namespace, name, dims, ts, unit, value, values, counts, stat_values",
    ),
    Seam("services.cloudwatch", "_point_stats", "pt"),
    Seam("services.cloudwatch", "_dims_key", "dims"),
    Seam("services.cloudwatch", "_parse_ts", "value"),
    Seam("services.cloudwatch", "_get_metric_data", _CLOUDWATCH_CALL),
    Seam("services.cloudwatch", "_put_metric_alarm", _CLOUDWATCH_CALL),
    Seam("services.cloudwatch", "_evaluate_alarm", "alarm"),
    Seam(
        "services.cloudwatch",
        "_record_history",
        "alarm_name, old_state, new_state, reason, alarm_type, reason_data",
    ),
    Seam("services.cloudwatch", "_dispatch_alarm_actions", "alarm, old_state, new_state, reason"),
    Seam("services.cloudwatch", "_evaluate_parent_alarms", "child, seen"),
    Seam("services.cloudwatch", "_error", "code, message, status, use_json, use_cbor"),
    Seam("services.cloudwatch", "_cbor_ok", "data"),
    Seam("services.cloudwatch", "_cbor_timestamp", "value"),
    Seam("services.cloudwatch", "_json_ok", "data"),
    Seam("services.cloudformation.provisioners", "_cw_metric_alarm_record", "name, props"),
    # Services of our own.
    Seam("core.router", "SERVICE_PATTERNS", "dict"),
    Seam("core.iam_actions", "SERVICE_TO_IAM_NAMESPACE", "dict"),
    Seam("core.iam_actions", "extract_resource_arn", _REQUEST),
    Seam("app", "SERVICE_HANDLERS", "dict"),
    Seam("services.tagging", "_RESOURCE_TAG_COLLECTORS", "dict"),
    Seam("services.sts", "register_session", "access_key, session"),
    Seam("services.cloudformation.provisioners", "_RESOURCE_HANDLERS", "dict"),
    Seam("services.cloudformation.provisioners", "_STACK_TAG_PROPERTY", "dict"),
    Seam(
        "services.cloudformation.provisioners",
        "_physical_name",
        "stack_name, logical_id, lowercase, max_len, seeded",
    ),
    Seam("services.iam", "_roles", "AccountScopedDict"),
    Seam("core.iam_evaluator", "EvalContext", "type"),
    Seam("core.iam_evaluator", "evaluate_trust_policy", "trust_doc, caller_arn, ctx"),
    Seam("app", "app", "scope, receive, send"),
    Seam("app", "_request_account_scope", "access_key_id"),
    Seam("core.iam_evaluator", "caller_arn", ""),
    Seam("core.iam_evaluator", "resolve_credential", _CREDENTIAL),
    Seam("core.iam_evaluator", "enforce", _DECISION),
    # Who asks, and where; events.
    Seam("core.responses", "get_account_id", ""),
    Seam("core.responses", "get_region", ""),
    Seam("core.responses", "set_request_account_id", "access_key_id"),
    Seam("core.responses", "set_request_region", "region"),
    Seam("services.eventbridge", "_dispatch_event", "event, view"),
)


class Seams:
    """The checked seams; the only way in which plug-ins touch ministack."""

    def __init__(self, load: Callable[[str], ModuleType] = importlib.import_module) -> None:
        """Check every seam.

        Raises:
            MovedSeamError: one is missing or has another shape.
        """
        self._load = load
        check(SEAMS, load)

    def get(self, name: str) -> Any:
        """What stands at a seam, as `module.name`."""
        seam = _find(name)
        return attrgetter(seam.name)(self._module(seam))

    def put(self, name: str, instead: object) -> None:
        """Let something else stand at a seam."""
        seam = _find(name)
        owner, _, last = seam.name.rpartition(".")
        module = self._module(seam)
        setattr(attrgetter(owner)(module) if owner else module, last, instead)

    def wrap(self, name: str, around: Callable[[Any], object]) -> None:
        """Let what `around` makes of the thing at a seam stand there."""
        self.put(name, around(self.get(name)))

    def _module(self, seam: Seam) -> ModuleType:
        return self._load(f"ministack.{seam.module}")


def check(seams: Iterable[Seam], load: Callable[[str], ModuleType]) -> None:
    """Compare each seam with what ministack has there.

    Raises:
        MovedSeamError: one is missing or has another shape; all such are named.
    """
    moved = [f"  {wrong}" for seam in seams if (wrong := _wrong(seam, load))]
    if moved:
        version = getattr(load("ministack.app"), "_version", lambda: "unknown")()
        lines = "\n".join(moved)
        raise MovedSeamError(
            f"ministack {version} does not fit the rehearsal's world, made for {PINNED}:\n"
            f"{lines}\nPin {PINNED} in requirements/world.in, or fit {__name__} to the new one."
        )


def _find(name: str) -> Seam:
    for seam in SEAMS:
        if name == f"{seam.module.rpartition('.')[2]}.{seam.name}":
            return seam
    raise LookupError(f"no seam {name}: name it in {__name__}.SEAMS, where it is checked")


def _wrong(seam: Seam, load: Callable[[str], ModuleType]) -> str:
    place = f"ministack.{seam.module}.{seam.name}"
    try:
        found = attrgetter(seam.name)(load(f"ministack.{seam.module}"))
    except (ImportError, AttributeError):
        return f"{place} is missing"
    if inspect.isroutine(found):
        shape = ", ".join(inspect.signature(found).parameters)
        return "" if shape == seam.shape else f"{place} takes ({shape}), not ({seam.shape})"
    kind = type(found).__name__
    return "" if kind == seam.shape else f"{place} is a {kind}, not a {seam.shape}"
