"""The freeze gate: no release enters an environment that people have frozen.

The freeze is one parameter of Systems Manager. Where it is missing, unreadable or without
meaning, releases are held back as well.
"""

import os
from functools import partial
from typing import Final

import clients
import parameters
import reach
import turn
from deadline import Context, Deadline
from frozen import Freeze, FreezeError
from job import Job
from outcome import Done
from turn import RefusedError

GO_ON: Final = "To go on: make thaw, then retry the stage. In an emergency: docs/operations.md."


def handle(event: object, context: Context) -> dict[str, str]:
    """Let a release in, unless one of its environments is frozen."""
    return turn.run(event, context, decide)


def decide(job: Job, deadline: Deadline) -> Done:
    """Let the release in.

    Raises:
        RefusedError: an environment is frozen, or it cannot be known that none is.
        ParametersError: the action does not say which environments.
    """
    parameters.names(job.parameters, needed=["environments"])
    environments = parameters.texts(job.parameters, "environments")
    name = os.environ["FREEZE_PARAMETER"]
    read = partial(reach.parameters().get_parameter, Name=name)
    try:
        value = reach.ask(read, deadline, "reading the freeze")["Parameter"]["Value"]
        freeze = Freeze.of(value)
    except (*clients.FAILURES, FreezeError) as error:
        what = str(error) if isinstance(error, FreezeError) else clients.error_code(error)
        raise RefusedError(
            f"The freeze {name} cannot be read, which counts as frozen: {what}. {GO_ON}"
        ) from error
    if held := freeze.holds(environments):
        raise RefusedError(f"Frozen: {', '.join(held)}. {freeze.said()}. {GO_ON}")
    return Done(summary=f"Not frozen: {', '.join(environments)}")
