"""CloudFormation acts as its stack's role, or else as whoever called it; ministack acts as nobody.

The role is what CreateChangeSet, CreateStack and their like were given; a stack keeps it until it
is given another. Every step on a resource is asked for before it is done, and what only the new
resource's own policy can say, just after.
"""

import contextvars
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from rehearsal.world.inside.plugins.iam.check import Check, denied, refusal
from rehearsal.world.inside.plugins.iam.place import place
from rehearsal.world.inside.plugins.iam.stack_actions import Step
from rehearsal.world.inside.plugins.iam.stack_types import CUSTOM_RESOURCE, NAMES, TYPES, UNASKED
from rehearsal.world.inside.role_session import NotTrustedError, assume
from rehearsal.world.inside.setting import Setting

SERVICE = "cloudformation.amazonaws.com"
SESSION = "AWSCloudFormation"
# Whose call it is that a stack is worked on for.
_CALLER: contextvars.ContextVar[str] = contextvars.ContextVar("stack-caller", default="")
OPERATIONS = (
    "CreateStack",
    "UpdateStack",
    "DeleteStack",
    "RollbackStack",
    "ContinueUpdateRollback",
)


class StackDeniedError(PermissionError):
    """CloudFormation may not do that, as its role or as its caller."""


def install(world: Setting) -> None:
    """Let CloudFormation ask."""
    seams = world.seams
    handlers = seams.get("app.SERVICE_HANDLERS")
    handlers["cloudformation"] = _remembering(world, handlers["cloudformation"])
    operations = seams.get("handlers._ACTION_HANDLERS")
    for name in OPERATIONS:
        operations[name] = _with_role(world, operations[name])
    operations["CreateChangeSet"] = _of_change_set(world, operations["CreateChangeSet"])
    operations["ExecuteChangeSet"] = _executing(world, operations["ExecuteChangeSet"])
    asking = _Asking(world)
    seams.wrap("stacks._provision_resource", asking.creating)
    seams.wrap("stacks._update_resource", asking.updating)
    seams.wrap("stacks._delete_resource", asking.deleting)


def role_of(world: Setting, stack_name: str) -> str:
    """The ARN of the role that the stack is worked on with; empty where it has none."""
    stack = world.seams.get("cloudformation._stacks").get(stack_name) or {}
    return str(stack.get("RoleARN") or "")


class _Asking:
    def __init__(self, world: Setting) -> None:
        self._world, self._where = world, place(world)

    def creating(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        def create(resource_type: str, logical_id: str, props: Any, stack_name: str) -> Any:
            key = self._actor(stack_name)
            if not key:
                return stock(resource_type, logical_id, props, stack_name)
            step = self._step("create", resource_type, stack_name, logical_id, new=props)
            self._ask(key, resource_type, step)
            made = stock(resource_type, logical_id, props, stack_name)
            if resource_type == "AWS::KMS::Key":
                after = self._step(
                    "create", resource_type, stack_name, logical_id, new=props, physical=made[0]
                )
                self._ask(key, resource_type, after)
            return made

        return create

    def updating(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        def update(  # noqa: PLR0917 - ministack's order
            resource_type: str,
            physical_id: str,
            old_props: Any,
            new_props: Any,
            stack_name: str,
            logical_id: str | None = None,
            old_attrs: Any = None,
        ) -> Any:
            key = self._actor(stack_name)
            if key and old_props != new_props:
                name = logical_id or physical_id
                step = self._step(
                    "update",
                    resource_type,
                    stack_name,
                    name,
                    new=new_props,
                    physical=physical_id,
                    old=old_props,
                )
                self._ask(key, resource_type, step)
            return stock(
                resource_type, physical_id, old_props, new_props, stack_name, logical_id, old_attrs
            )

        return update

    def deleting(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        def delete(
            resource_type: str,
            physical_id: str,
            props: Any,
            stack_name: str | None = None,
            logical_id: str | None = None,
        ) -> Any:
            key = self._actor(stack_name or "")
            if key:
                name = logical_id or physical_id
                step = self._step(
                    "delete", resource_type, stack_name or "", name, new=props, physical=physical_id
                )
                self._ask(key, resource_type, step)
            return stock(resource_type, physical_id, props, stack_name, logical_id)

        return delete

    def _actor(self, stack_name: str) -> str:
        """The access key as which the stack is worked on; empty for the root user."""
        role = role_of(self._world, stack_name)
        if role:
            try:
                session = assume(self._world, role, service=SERVICE, session_name=SESSION)
            except NotTrustedError as error:
                raise StackDeniedError(f"Role {role} is invalid or cannot be assumed") from error
            return session.credentials["AWS_ACCESS_KEY_ID"]
        caller = _CALLER.get()
        root = self._world.seams.get("iam_evaluator.is_root_access_key")
        return "" if root(caller) else caller

    def _step(
        self,
        verb: str,
        kind: str,
        stack_name: str,
        logical_id: str,
        *,
        new: Mapping[str, Any],
        physical: str = "",
        old: Mapping[str, Any] | None = None,
    ) -> Step:
        generated = self._world.seams.get("provisioners._physical_name")
        own = str(new.get(NAMES.get(kind, "")) or "")
        known = physical if ":" not in physical and "/" not in physical else ""
        return Step(
            verb=verb,
            new=new,
            old=old or {},
            where=self._where(),
            name=own or known or generated(stack_name, logical_id, max_len=64),
            physical=physical,
            world=self._world,
            shifted_by=self._shifted_by(stack_name, logical_id) if verb == "update" else None,
        )

    def _shifted_by(self, stack_name: str, logical_id: str) -> tuple[str, str] | None:
        stack = self._world.seams.get("cloudformation._stacks").get(stack_name) or {}
        resource = (stack.get("_template") or {}).get("Resources", {}).get(logical_id) or {}
        policy = (resource.get("UpdatePolicy") or {}).get("CodeDeployLambdaAliasUpdate")
        if not policy or "ROLLBACK" in str(stack.get("StackStatus")):
            return None
        return (
            _reference(stack, policy["ApplicationName"]),
            _reference(stack, policy["DeploymentGroupName"]),
        )

    def _ask(self, key: str, kind: str, step: Step) -> None:
        if kind.startswith(UNASKED) and kind != CUSTOM_RESOURCE:
            return
        for check in _checks(kind, step):
            if refused := denied(self._world, key, check):
                said = refusal(check, refused.principal_arn, explicit=refused.decision == "Deny")
                raise StackDeniedError(
                    f'Resource handler returned message: "{said}" (HandlerErrorCode: AccessDenied)'
                )


def _reference(stack: Mapping[str, Any], value: Any) -> str:
    """A name, or what a `Ref` of a stack names."""
    if isinstance(value, Mapping) and "Ref" in value:
        made = (stack.get("_resources") or {}).get(value["Ref"])
        given = (stack.get("_resolved_params") or {}).get(value["Ref"])
        return str(made["PhysicalResourceId"] if made else (given or {})["Value"])
    if isinstance(value, str):
        return value
    raise StackDeniedError(f"an update policy may name its deployment group by Ref, not {value}")


def _checks(kind: str, step: Step) -> Iterator[Check]:
    if kind.startswith("Custom::"):
        kind = CUSTOM_RESOURCE
    if kind in TYPES:
        yield from TYPES[kind](step)
    else:
        raise StackDeniedError(
            f"the rehearsal does not know what CloudFormation calls for {kind}: "
            "name it in plugins/iam/stack_types.py"
        )


def _remembering(
    world: Setting, stock: Callable[..., Awaitable[Any]]
) -> Callable[..., Awaitable[Any]]:
    access_key = world.seams.get("router.extract_access_key_id")

    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Any:
        # The work that it starts inherits this.
        _CALLER.set(access_key(headers, query_params))
        return await stock(method, path, headers, body, query_params)

    return handle


def _given(params: Mapping[str, Any], name: str) -> str:
    value = params.get(name) or ""
    return str(value[0] if isinstance(value, list) else value)


def _named(params: Mapping[str, Any]) -> str:
    name = _given(params, "StackName")
    return name.split("/")[1] if name.startswith("arn:") else name


def _with_role(world: Setting, stock: Callable[..., Any]) -> Callable[..., Any]:
    """A stack's own operations: what they start runs only after the role is noted."""
    stacks = world.seams.get("cloudformation._stacks")

    def operate(params: Mapping[str, Any]) -> Any:
        answer = stock(params)
        stack, role = stacks.get(_named(params)), _given(params, "RoleARN")
        if stack is not None and role and answer[0] < 400:  # noqa: PLR2004 - HTTP's first error
            stack["RoleARN"] = role
        return answer

    return operate


def _of_change_set(world: Setting, stock: Callable[..., Any]) -> Callable[..., Any]:
    change_sets = world.seams.get("cloudformation._change_sets")

    def create(params: Mapping[str, Any]) -> Any:
        before = set(change_sets)
        answer = stock(params)
        for made in set(change_sets) - before:
            change_sets[made]["RoleARN"] = _given(params, "RoleARN")
        return answer

    return create


def _executing(world: Setting, stock: Callable[..., Any]) -> Callable[..., Any]:
    stacks = world.seams.get("cloudformation._stacks")
    find = world.seams.get("changesets._find_change_set")

    def execute(params: Mapping[str, Any]) -> Any:
        change_set = find(_given(params, "ChangeSetName"), _given(params, "StackName"))[1] or {}
        answer = stock(params)
        stack = stacks.get(change_set.get("StackName", ""))
        if stack is not None and change_set.get("RoleARN"):
            stack["RoleARN"] = change_set["RoleARN"]
        return answer

    return execute
