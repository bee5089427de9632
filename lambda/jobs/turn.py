"""The guard around each gate: begin at refused, let the decision earn more, report once."""

import traceback
from collections.abc import Callable
from typing import Final

import log
import outcome
from deadline import Context, Deadline
from job import Job, MalformedJobError, identity
from outcome import Done, Later, Outcome, Refused
from parameters import ParametersError

SHOWN_FRAMES: Final = 4

Decide = Callable[[Job, Deadline], Done | Later]


class RefusedError(Exception):
    """The gate stays closed; the message says why, and how to go on."""


class ClosedError(Exception):
    """The gate stayed closed, and whoever could be told has been told."""


def run(event: object, context: Context, decide: Decide) -> dict[str, str]:
    """Decide on a job, and tell CodePipeline.

    What a LambdaInvoke rule expects of its function AWS does not say, so the outcome is told
    twice: by a report on the job, where the event names one, and by returning or raising.

    Args:
        event: what CodePipeline sends.
        context: Lambda's context object.
        decide: opens the gate, or asks for another turn, or raises why it does neither.

    Returns:
        What was reported.

    Raises:
        ClosedError: the gate stayed closed.
        NotReportedError: CodePipeline has not taken the report.
    """
    deadline = Deadline(context)
    told: Outcome = Refused(message="the gate has not decided")
    try:
        told = decide(Job.of(event), deadline)
    except (RefusedError, MalformedJobError, ParametersError) as no:
        told = Refused(message=str(no))
    except BaseException as fault:  # noqa: BLE001 SystemExit and MemoryError must be reported too
        said = "".join(traceback.format_exception_only(fault)).strip()
        trace = traceback.format_tb(fault.__traceback__, limit=-SHOWN_FRAMES)
        log.step("fault", fault=said, trace=trace)
        told = Refused(message=f"the gate broke before it decided: {said}")
    finally:
        outcome.deliver(identity(event), told, deadline)
    if isinstance(told, Refused):
        raise ClosedError(told.message)
    if isinstance(told, Later) and not identity(event):
        raise ClosedError(f"the event names no job that could go on later: {told.summary}")
    return {"outcome": type(told).__name__, "summary": told.summary}
