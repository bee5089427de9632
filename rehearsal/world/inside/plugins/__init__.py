"""What the world adds to ministack; each plug-in is a module with one `install(world)`.

In order: the clock comes first, because the others live by it.
"""

from collections.abc import Callable

from rehearsal.world.inside.plugins import (
    alarms,
    alias_weights,
    codebuild,
    codecommit,
    codedeploy,
    invocation_metrics,
    metric_data,
    timekeeping,
    workers,
)
from rehearsal.world.inside.setting import Setting

PLUGINS: tuple[Callable[[Setting], None], ...] = (
    timekeeping.install,
    workers.install,
    alias_weights.install,
    invocation_metrics.install,
    metric_data.install,
    alarms.install,
    codebuild.install,
    codecommit.install,
    codedeploy.install,
)
