"""Every name of ministack that the world replaces or reads, in one place.

ministack promises none of them. Each is checked before anything is served: that it exists and
that it is called as we expect. An upgrade that moves one stops the start and names it.
"""

import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from types import ModuleType
from typing import Any

PINNED = "1.5.33"


SCOPED = ("responses.AccountScopedDict", "responses.AccountRegionScopedDict")


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
_ACTION = "service, method, path, headers, body, query_params"
_DENIAL = (
    "service, action, principal_arn, request_id, error_code, message, headers, resource_arn, "
    "explicit_deny, resource_policy_arn"
)
_LAMBDA_LOGS = "func, request_id, log_text, error, duration_ms, log_source"
_UPDATE = "resource_type, physical_id, old_props, new_props, stack_name, logical_id, old_attrs"
_DECISION = "access_key_id, iam_action, service, region, resource_arn, service_context"
_DISPATCH = "method, path, headers, body, query_params, request_id"
_RESOURCE_POLICY = "doc, ctx, service, named_only, direct_only"
_STACK_TASK = "coro, stack, stack_id"
_RESOLVED = "value, resources, params, conditions, mappings, stack_name, stack_id"

SEAMS = (
    # What outlasts a request.
    Seam("core.responses", "AccountScopedDict", "type"),
    Seam("core.responses", "AccountRegionScopedDict", "type"),
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
    Seam("core.lambda_runtime", "Worker._drain_stderr", "self"),
    Seam("core.lambda_runtime", "Worker.invoke", _WORK),
    Seam("core.lambda_runtime", "threading", "module"),
    Seam("core.lambda_runtime", "_signal", "proc"),
    Seam("core.lambda_runtime", "_lambda_function_account_region_from_arn", "arn"),
    Seam("core.lambda_runtime", "zipfile", "module"),
    Seam("core.lambda_runtime", "subprocess", "module"),
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
    Seam("services.lambda_svc", "_lambda_function_account_region_from_arn", "value"),
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
    Seam("services.cloudwatch", "_evict_old_metrics", ""),
    Seam("services.cloudwatch", "_get_metric_data", _CLOUDWATCH_CALL),
    Seam("services.cloudwatch", "_put_metric_alarm", _CLOUDWATCH_CALL),
    Seam("services.cloudwatch", "_put_composite_alarm", _CLOUDWATCH_CALL),
    Seam("services.cloudwatch", "_composite_alarms", "AccountRegionScopedDict"),
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
    Seam("services.cloudformation", "_stacks", "AccountRegionScopedDict"),
    Seam("services.cloudformation.engine", "_parse_template", "template_body"),
    Seam("services.cloudformation.engine", "_resolve_refs", _RESOLVED),
    Seam("services.cloudformation.helpers", "_template_body_problem", "body"),
    Seam("services.cloudformation.custom_resource", "threading", "module"),
    Seam("services.cloudformation.stacks", "_runs_on_worker_thread", "resource_type"),
    Seam("services.cloudformation.stacks", "_create_stack_task_in_region", _STACK_TASK),
    Seam("services.cloudformation.handlers", "_create_stack_task_in_region", _STACK_TASK),
    Seam("services.cloudformation.changesets", "_create_stack_task_in_region", _STACK_TASK),
    Seam("services.iam", "_roles", "AccountScopedDict"),
    Seam("core.iam_evaluator", "EvalContext", "type"),
    Seam("core.iam_evaluator", "evaluate_trust_policy", "trust_doc, caller_arn, ctx"),
    Seam("app", "app", "scope, receive, send"),
    Seam("app", "_request_account_scope", "access_key_id"),
    Seam("core.iam_evaluator", "caller_arn", ""),
    Seam("core.iam_evaluator", "resolve_credential", _CREDENTIAL),
    Seam("core.iam_evaluator", "enforce", _DECISION),
    # Every call on record, and CloudTrail.
    Seam("app", "_dispatch_service_request", _DISPATCH),
    Seam("app", "_routing_params", "method, path, headers, body, query_params"),
    Seam("core.router", "detect_service", "method, path, headers, query_params"),
    Seam("core.router", "extract_access_key_id", "headers, query_params"),
    Seam("core.iam_evaluator", "evaluate", "ctx, policies, limits"),
    Seam("core.iam_evaluator", "evaluate_resource_policy", _RESOURCE_POLICY),
    Seam("core.iam_evaluator", "parse_policy_document", "doc"),
    Seam("core.iam_evaluator", "_first_match", "ctx, stmts, effect"),
    Seam("core.iam_evaluator", "_gather_role_policies", "role_name, account_id"),
    Seam("core.iam_evaluator", "_resolve_managed_policy_document", "policy_arn, account_id"),
    Seam("services.s3", "bucket_policy_for_arn", "resource_arn"),
    Seam("services.s3", "_put_object", "bucket_name, key, body, headers"),
    Seam("services.kms", "key_policy_for_arn", "resource_arn"),
    # CloudWatch Logs.
    Seam("services.cloudwatch_logs", "_log_groups", "AccountRegionScopedDict"),
    Seam("services.cloudwatch_logs", "_metric_filters", "AccountRegionScopedDict"),
    Seam("services.cloudwatch_logs", "_put_metric_filter", "data"),
    Seam(
        "services.cloudwatch_logs",
        "_fanout_to_subscription_filters",
        "group_name, stream_name, events",
    ),
    # IAM: what a call asks for, what it asks for beside, and what services ask of each other.
    Seam("core.iam_evaluator", "_resolve_condition_key", "key, ctx"),
    Seam("core.iam_evaluator", "is_root_access_key", "access_key_id"),
    Seam("core.iam_actions", "extract_iam_action", _ACTION),
    Seam("core.iam_actions", "request_tag_context", "service, iam_action, body, params"),
    Seam("core.iam_actions", "eventbridge_resource_arns", "body, region, account_id"),
    Seam("core.iam_actions", "access_denied_response", _DENIAL),
    Seam("services.iam", "_users", "AccountScopedDict"),
    Seam("services.kms", "_resolve_key", "key_id_or_arn"),
    Seam("services.s3", "_buckets", "AccountScopedDict"),
    Seam("services.s3", "_object_versions", "AccountScopedDict"),
    Seam("services.s3", "_multipart_uploads", "AccountScopedDict"),
    Seam("services.s3", "_bucket_encryption", "AccountScopedDict"),
    Seam("services.s3", "_bucket_default_sse_headers", "bucket_name"),
    Seam("services.s3", "_resolve_sse_write_headers", "headers, bucket_name"),
    Seam("services.secretsmanager", "_resolve", "secret_id, use_arn_scope"),
    Seam("services.sns", "_topics", "AccountRegionScopedDict"),
    Seam("services.sns", "topic_policy_for_arn", "topic_arn"),
    Seam("services.lambda_svc", "function_policy_for_arn", "resource_arn"),
    Seam("services.lambda_svc", "_emit_lambda_logs", _LAMBDA_LOGS),
    Seam("services.eventbridge", "_invoke_target", "target, event, rule, view"),
    Seam("services.stepfunctions", "_run_execution", "exec_arn"),
    Seam("services.stepfunctions", "_call_lambda", "func_ref, event"),
    Seam("services.stepfunctions", "_executions", "AccountRegionScopedDict"),
    Seam("services.stepfunctions", "_state_machines", "AccountRegionScopedDict"),
    Seam("services.stepfunctions", "_ExecutionError", "type"),
    # CloudFormation as its role, and the properties that its provisioners drop.
    Seam("services.cloudformation", "_change_sets", "AccountRegionScopedDict"),
    Seam("services.s3", "_put_bucket_encryption", "name, body"),
    Seam("services.s3", "_put_bucket_lifecycle", "name, body"),
    Seam("services.s3", "_put_bucket_logging", "name, body"),
    Seam("services.s3", "_put_object_lock_configuration", "bucket_name, body"),
    Seam("services.s3", "_put_bucket_ownership_controls", "name, body"),
    Seam("services.s3", "_put_bucket_tagging", "name, body"),
    Seam("services.s3", "_put_bucket_versioning", "name, body"),
    Seam("services.s3", "_bucket_lifecycle", "AccountScopedDict"),
    Seam("services.s3", "_bucket_tags", "AccountScopedDict"),
    Seam("services.s3", "_bucket_object_lock", "AccountScopedDict"),
    Seam("services.s3", "_bucket_versioning", "AccountScopedDict"),
    Seam("services.lambda_svc", "_put_function_concurrency", "func_name, data"),
    Seam("services.cloudformation.handlers", "_ACTION_HANDLERS", "dict"),
    Seam("services.cloudformation.changesets", "_find_change_set", "cs_name, stack_name"),
    Seam(
        "services.cloudformation.stacks",
        "_provision_resource",
        "resource_type, logical_id, props, stack_name",
    ),
    Seam("services.cloudformation.stacks", "_update_resource", _UPDATE),
    Seam(
        "services.cloudformation.stacks",
        "_delete_resource",
        "resource_type, physical_id, props, stack_name, logical_id",
    ),
    # AWS Signer.
    Seam("services.signer", "_jobs", "AccountRegionScopedDict"),
    Seam("services.signer", "_profiles", "AccountRegionScopedDict"),
    Seam("services.signer", "_resolve_source", "bucket, key, version"),
    Seam("services.signer", "_start_signing_job", "body, headers"),
    Seam("services.signer", "_describe_signing_job", "job_id"),
    # Secrets Manager.
    Seam("services.secretsmanager", "_rotate_secret", "data"),
    Seam("services.secretsmanager", "_get_secret_value", "data"),
    Seam("services.secretsmanager", "_describe_secret", "data"),
    Seam("services.secretsmanager", "_put_resource_policy", "data"),
    Seam("services.secretsmanager", "_delete_resource_policy", "data"),
    Seam("services.cloudformation.provisioners", "_sm_secret_string", "props"),
    Seam("services.lambda_svc", "_execution_record_for_config", "func, config"),
    Seam("services.lambda_svc", "_execute_function_with_config_scope", "func, event"),
    # Customers.
    Seam("services.lambda_svc", "_execute_function", "func, event"),
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
        # Plug-ins look at each call.
        self._load = functools.cache(load)
        self._places: dict[str, tuple[ModuleType, Callable[[Any], Any]]] = {}
        check(SEAMS, load)

    def get(self, name: str) -> Any:
        """What stands at a seam, as `module.name`."""
        place = self._places.get(name)
        if place is None:
            seam = _find(name)
            place = self._places[name] = self._module(seam), attrgetter(seam.name)
        module, found = place
        return found(module)

    def put(self, name: str, instead: object) -> None:
        """Let something else stand at a seam."""
        seam = _find(name)
        owner, _, last = seam.name.rpartition(".")
        module = self._module(seam)
        setattr(attrgetter(owner)(module) if owner else module, last, instead)

    def wrap(self, name: str, around: Callable[[Any], object]) -> None:
        """Let what `around` makes of the thing at a seam stand there."""
        self.put(name, around(self.get(name)))

    def stores(self) -> dict[str, Any]:
        """What ministack's services have stored, by module and name: of those that are loaded.

        Not only the scoped dictionaries: whatever a service has in a collection of its own.
        """
        found = {
            f"{module}:{name}": self._stored(thing)
            for module, loaded in sorted(sys.modules.items())
            if module.startswith("ministack.services.")
            for name, thing in vars(loaded).items()
            if name.startswith("_") and name.islower()
        }
        # A module may have imported another's.
        first = {id(store): name for name, store in reversed(found.items())}
        return {
            name: store
            for name, store in found.items()
            if store is not None and first[id(store)] == name
        }

    def store(self, name: str) -> Any:
        """One of them, whether its service is loaded yet or not."""
        module, _, thing = name.partition(":")
        return self._stored(getattr(self._load(module), thing))

    def _stored(self, thing: Any) -> Any:
        scoped: Any = tuple(map(self.get, SCOPED))
        if isinstance(thing, scoped):
            return thing._data
        return thing if isinstance(thing, dict | list | set) else None

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


_BY_NAME = {f"{seam.module.rpartition('.')[2]}.{seam.name}": seam for seam in SEAMS}


def _find(name: str) -> Seam:
    if name in _BY_NAME:
        return _BY_NAME[name]
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
