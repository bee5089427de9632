"""What a pipeline's declaration must be, beyond what its model says.

CodePipeline User Guide, "Pipeline structure reference"; what the world cannot do is refused too.
"""

from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.declaration import conditions
from rehearsal.world.inside.plugins.codepipeline.declared_stages import (
    RESULTS,
    STAGE,
    STRUCTURE,
    Stages,
    Wrong,
    twice,
)
from rehearsal.world.inside.plugins.codepipeline.declared_triggers import wrong_triggers
from rehearsal.world.inside.plugins.codepipeline.performers import Performers

Declaration = Mapping[str, Any]
FEWEST_STAGES = 2


def check(declared: Declaration, performers: Performers) -> None:
    """See that the pipeline can be run.

    Raises:
        ServiceError: it cannot; the first thing that is wrong.
    """
    for code, message in _wrong(declared, performers):
        raise ServiceError(code, message)


def _wrong(declared: Declaration, performers: Performers) -> Wrong:
    stages = declared["stages"]
    if len(stages) < FEWEST_STAGES:
        yield STRUCTURE, f"a pipeline has {FEWEST_STAGES} stages or more"
    if "artifactStore" not in declared or declared.get("artifactStores"):
        yield STRUCTURE, "a pipeline of the world has one artifact store"
    yield from wrong_triggers(declared)
    if name := twice(stage["name"] for stage in stages):
        yield STAGE, f"two stages are named {name}"
    if name := twice(variable["name"] for variable in declared.get("variables", [])):
        yield STRUCTURE, f"two variables are named {name}"
    if declared["pipelineType"] != "V2":
        yield from _not_v1(declared)
    yield from _not_parallel(declared)
    seen = Stages(declared, performers)
    for number, stage in enumerate(stages):
        yield from seen.stage(stage, first=number == 0)


def _not_v1(declared: Declaration) -> Wrong:
    stages = declared["stages"]
    if declared.get("variables"):
        yield STRUCTURE, "variables need a pipeline of type V2"
    if any(stage.get(when) for stage in stages for when in RESULTS):
        yield STRUCTURE, "conditions need a pipeline of type V2"
    if declared["executionMode"] != "SUPERSEDED":
        yield STRUCTURE, "this execution mode needs a pipeline of type V2"


def _not_parallel(declared: Declaration) -> Wrong:
    if declared["executionMode"] != "PARALLEL":
        return
    for stage in declared["stages"]:
        for when in RESULTS:
            results = {stage.get(when, {}).get("result")}
            results |= {each.get("result") for each in conditions(stage, when)}
            if "ROLLBACK" in results:
                yield STRUCTURE, f"{when} of {stage['name']}: no PARALLEL pipeline is rolled back"
