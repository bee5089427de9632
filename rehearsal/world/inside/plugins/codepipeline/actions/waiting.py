"""How an action waits for what somebody else gives."""

from rehearsal.world.inside.clock import Signal
from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job

# Nobody can wait for two signals at once: so often it is seen whether the execution was stopped.
LOOK_SECONDS = 60.0


def given(job: Job, signal: Signal, seconds: float) -> bool:
    """Whether the signal was given before so much time had passed.

    Raises:
        ActionFailedError: the execution was stopped and abandoned meanwhile.
    """
    clock = job.world.clock
    until = clock.now() + seconds
    while not job.stop.is_set():
        left = until - clock.now()
        if signal.wait(min(left, LOOK_SECONDS), job.world.parties.current()):
            return True
        if left <= LOOK_SECONDS:
            return False
    raise ActionFailedError("Abandoned", "the execution was stopped and abandoned")
