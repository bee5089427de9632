"""What CloudFormation does after it has answered is a party, from the request to its end.

So a stack that is being made takes none of the world's time but what its resources wait for: a
deployment, a function of a custom resource. Whoever waits for it by the clock, as a pipeline
does, sees it end at the same moment in each run.
"""

from collections.abc import Coroutine
from typing import Any

from rehearsal.world.inside.setting import Setting

SCHEDULERS = (
    "stacks._create_stack_task_in_region",
    "handlers._create_stack_task_in_region",
    "changesets._create_stack_task_in_region",
)
Work = Coroutine[Any, Any, object]


def install(world: Setting) -> None:
    """Let each operation on a stack keep time from passing."""
    parties, clock = world.parties, world.clock
    stock = world.seams.get(SCHEDULERS[0])

    def schedule(coro: Work, stack: dict[str, Any] | None, stack_id: str | None = None) -> None:
        name = f"stack {(stack or {}).get('StackName', stack_id)}"
        # Until the work itself begins, which is when the event loop comes to it.
        due = clock.enter(name)

        async def work() -> None:
            with parties.acting(name):
                clock.leave(due)
                await coro

        stock(work(), stack, stack_id)

    for each in SCHEDULERS:
        world.seams.put(each, schedule)
    # A custom resource waits for its answer by the clock, too.
    world.seams.put("custom_resource.threading", parties.threads())
