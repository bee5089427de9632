"""Rotates a generated secret, one of Secrets Manager's four steps at a time.

"Lambda rotation functions" in the AWS Secrets Manager User Guide. Each step may come twice, late
or again after a crash: what is done stays done, and readers have a value all the time. Nobody but
its readers knows a generated value, so there is no other system to set it in.
"""

import os
from typing import Protocol

import clients
import log
import value
from asked import CREATE, FINISH, TEST, Asked
from deadline import Deadline
from standing import RefusedError, Standing
from vault import Vault


class Context(Protocol):
    """The part of Lambda's context object that is used here."""

    invoked_function_arn: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the invocation."""


def handle(event: object, context: Context) -> dict[str, str]:
    """Take one step.

    Returns:
        The step, and what came of it.

    Raises:
        UnreadableEventError: the event asks for nothing that is known here.
        RefusedError: the step must not be taken.
        OutOfTimeError: what is left of the invocation does not cover it.
        BotoCoreError, ClientError: a call failed. Secrets Manager tries the rotation again.
    """
    asked = Asked.of(event)
    vault = Vault(asked.secret, Deadline(context, reserve_seconds=0))
    standing = vault.standing()
    standing.require(asked.token, by=context.invoked_function_arn)
    outcome = "done before" if standing.is_current(asked.token) else _take(asked, standing, vault)
    log.step(asked.step, secret=asked.secret, token=asked.token, outcome=outcome)
    return {"step": asked.step, "outcome": outcome}


def _take(asked: Asked, standing: Standing, vault: Vault) -> str:
    length = int(os.environ["VALUE_LENGTH"])
    if asked.step == CREATE:
        return _create(vault, asked.token, length)
    if asked.step == TEST:
        return _test(vault, asked.token, length)
    if asked.step == FINISH:
        return _finish(vault, asked.token, standing.current, length)
    return "nothing to set: only its readers know a generated value"


def _create(vault: Vault, token: str, length: int) -> str:
    """Draw a value, once for each version."""
    if vault.pending(token) is not None:
        return "there is a value"
    vault.put(token, vault.draw(length))
    return "drawn"


def _test(vault: Vault, token: str, length: int) -> str:
    """Read the value back and hold it to what was asked for."""
    pending = vault.pending(token)
    if pending is not None and pending == vault.current():
        # Who sets up a rotation without rotating has this step tried on a copy of the current
        # value (RotateSecret, RotateImmediately). It never becomes the current one: see _finish.
        return "a copy of the current value, which nobody is to use"
    _require(pending, length)
    return "as asked for"


def _finish(vault: Vault, token: str, current: str | None, length: int) -> str:
    """Let readers have the new value, if it is one."""
    pending = vault.pending(token)
    _require(pending, length)
    if pending == vault.current():
        raise RefusedError("the pending value is the current one: nothing would be rotated")
    try:
        vault.promote(token, instead_of=current)
    except clients.FAILURES:
        # Its answer was lost, or somebody else was first.
        if not vault.standing().is_current(token):
            raise
    return "current"


def _require(pending: str | None, length: int) -> None:
    if pending is None:
        raise RefusedError("the pending version has no value: createSecret comes first")
    if fault := value.fault(pending, length=length):
        raise RefusedError(f"the pending value is not as it was asked for: {fault}")
