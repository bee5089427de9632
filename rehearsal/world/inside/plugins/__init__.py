"""What the world adds to ministack; each plug-in is a module with one `install(world)`.

In order: the clock comes first, because the others live by it.
"""

from collections.abc import Callable

from rehearsal.world.inside.plugins import (
    alarms,
    alias_weights,
    cloudtrail,
    code_signing,
    codebuild,
    codecommit,
    codeconnections,
    codedeploy,
    codepipeline,
    composite_alarms,
    customers,
    forked_workers,
    iam,
    invocation_metrics,
    lambda_versions,
    metric_data,
    metric_filters,
    query_definitions,
    secrets,
    stack_operations,
    stack_properties,
    timekeeping,
    worker_code,
    workers,
)
from rehearsal.world.inside.setting import Setting

PLUGINS: tuple[Callable[[Setting], None], ...] = (
    timekeeping.install,
    workers.install,
    worker_code.install,
    forked_workers.install,
    stack_operations.install,
    alias_weights.install,
    invocation_metrics.install,
    metric_data.install,
    metric_filters.install,
    query_definitions.install,
    alarms.install,
    composite_alarms.install,
    codebuild.install,
    codecommit.install,
    codeconnections.install,
    codedeploy.install,
    codepipeline.install,
    lambda_versions.install,
    # Asks before the function has its code.
    code_signing.install,
    secrets.install,
    stack_properties.install,
    # After all services, whose calls it asks for.
    iam.install,
    # Last of AWS's, so that it sees every call.
    cloudtrail.install,
    # Outside of AWS.
    customers.install,
)
