"""The emulator with pipelines whose sources and tests are as the test says.

`Source/AWS/Fake` puts out an artifact; `Test/AWS/Fake` takes `Seconds` of the world's time, to the
end if it is `Deaf`, and fails with `Fail`, as often as `Times` says. What begins with `Out.` is a
variable. Started in place of the emulator's own module: see `pipelines`.
"""

import itertools
import json
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from rehearsal.world.inside import __main__ as inside
from rehearsal.world.inside.lambda_site import world_time


def _performers() -> Any:  # noqa: ANN401 - known inside only
    from rehearsal.world.inside.plugins.codepipeline.action import (  # noqa: PLC0415 - after time
        ActionFailedError,
        Outcome,
    )
    from rehearsal.world.inside.plugins.codepipeline.performers import (  # noqa: PLC0415
        STOCK,
        Performers,
    )

    tries: Counter[tuple[str, str]] = Counter()
    commits = itertools.count(1)

    def source(job: Any) -> Any:  # noqa: ANN401 - as above
        for name in job.outputs:
            job.artifacts.put(name, b"content", job.session)
        revision = job.revision or f"commit-{next(commits)}"
        return Outcome(
            revision=revision, variables={"CommitId": revision}, summary=job.configuration["Says"]
        )

    def test(job: Any) -> Any:  # noqa: ANN401 - as above
        said = job.configuration
        tries[(job.execution_id, job.action)] += 1
        _take(job)
        if _stopped(job, said):
            raise ActionFailedError("Abandoned", "stopped")
        for name in job.outputs:
            job.artifacts.put(name, b"made of it", job.session)
        if said.get("Fail") and tries[(job.execution_id, job.action)] <= int(said.get("Times", 9)):
            raise ActionFailedError("JobFailed", said["Fail"])
        if "Broken" in said:
            raise KeyError(said["Broken"])
        return Outcome(variables=_given(said), external_id=f"job-{job.action}", summary="done")

    fakes = {("Source", "AWS", "Fake"): source, ("Test", "AWS", "Fake"): test}
    return Performers(
        actions={**STOCK.actions, **fakes}, rules=STOCK.rules, rules_after=STOCK.rules_after
    )


def _take(job: Any) -> None:  # noqa: ANN401 - as above
    for name in job.inputs:
        job.artifacts.get(name, job.session)


def _given(said: dict[str, str]) -> dict[str, str]:
    return {name[4:]: value for name, value in said.items() if name.startswith("Out.")}


def _stopped(job: Any, said: dict[str, str]) -> bool:  # noqa: ANN401 - as above
    """Take the time that the action says; whether it was stopped meanwhile."""
    seconds = float(said.get("Seconds", "0"))
    if said.get("Deaf") == "yes":
        job.world.parties.sleep(seconds)
        return False
    return bool(seconds and job.stop.wait(seconds, job.world.parties.current()))


def _install_time(read: Callable[[], float]) -> None:
    world_time.install(read)
    from rehearsal.world.inside import plugins  # noqa: PLC0415 - after the clock
    from rehearsal.world.inside.plugins import codepipeline  # noqa: PLC0415

    faked = partial(codepipeline.install, performers=_performers())
    plugins.PLUGINS = tuple(
        faked if each is codepipeline.install else each for each in plugins.PLUGINS
    )


if __name__ == "__main__":
    vars(inside)["world_time"] = SimpleNamespace(install=_install_time)
    inside.main(inside.Orders(**json.loads(sys.argv[1])))
