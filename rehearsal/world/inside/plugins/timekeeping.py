"""ministack lives by the world's clock: its stamps, its waits, and the threads that it starts."""

import asyncio
import time

from rehearsal.world.inside.lambda_site import world_time
from rehearsal.world.inside.parties import like
from rehearsal.world.inside.setting import Setting

# A schedule is told in whole minutes.
LOOK_AROUND_SECONDS = 60.0


def install(world: Setting) -> None:
    """Where ministack waits for what would take time on AWS, the clock's time passes."""
    parties, put = world.parties, world.seams.put

    def doze(_seconds: float) -> None:
        parties.doze(LOOK_AROUND_SECONDS)

    def sleep(seconds: float) -> None:
        # What no party does is upkeep of the emulator itself, on the machine's own time.
        (parties.sleep if parties.current() else world_time.REAL.sleep)(seconds)

    async def asleep(seconds: float) -> None:
        await asyncio.to_thread(parties.sleep, seconds)

    # Its polling of worker pipes counts real milliseconds.
    put("lambda_runtime.time", world_time.REAL)
    # A client may sign by its own clock: the CDK CLI and git know no other.
    put("sigv4.request_time_failure", lambda signature, now=None: None)  # noqa: ARG005
    put("lambda_svc._LAMBDA_STATE_TRANSITION_DELAY", 0.0)

    put("lambda_svc.time", like(time, sleep=sleep))
    put("stepfunctions.time", like(time, sleep=sleep))
    put("eventbridge.time", like(time, sleep=doze))
    put("scheduler.time", like(time, sleep=doze))
    put("sqs.asyncio", like(asyncio, sleep=asleep))

    put("lambda_svc.threading", parties.threads(frozenset({"_loop", "_poll_loop"})))
    put("eventbridge.threading", parties.threads(frozenset({"_scheduler_loop"})))
    put("sns._threading", parties.threads())
    put("stepfunctions.threading", parties.threads())
    put("stepfunctions.ThreadPoolExecutor", parties.pools())
