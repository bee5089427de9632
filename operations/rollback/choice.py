"""Which execution a stage goes back to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from operations.rollback.run import Run
from operations.wrong import OperationError

SameStructure = Callable[[str], bool]


@dataclass(frozen=True, kw_only=True)
class History:
    """What a stage has seen.

    Attributes:
        stage: its name.
        runs: the pipeline's executions, the newest first.
        succeeded: the ids of those that succeeded in the stage, rollbacks among them.
        latest: the id of the one that was there last, None before the first.
        busy: whether that one is there right now.
        damaged: whether that one failed in the stage's actions, on top of what serves there.
    """

    stage: str
    runs: Sequence[Run]
    succeeded: frozenset[str]
    latest: str | None
    busy: bool = False
    damaged: bool = False

    def run(self, id_: str | None) -> Run | None:
        """The execution of that id, if it is among them."""
        return next((run for run in self.runs if run.id == id_), None)

    @property
    def serving(self) -> Run | None:
        """The execution whose release serves: the last that succeeded, or what it brought back."""
        last = next((run for run in self.runs if run.id in self.succeeded), None)
        return last and (self.run(last.release) or last)


def candidates(history: History) -> list[Run]:
    """The executions that a rollback may bring back, the newest first.

    Each has succeeded in the stage and is no rollback itself, and none is newer than the release
    that serves: to go forward again is a release, not a rollback. The one that serves is among
    them only where another failed on top of it.
    """
    newest = history.serving
    if newest is None:
        return []
    latest = history.run(history.latest)
    if history.damaged and latest is not None and latest.back_to is not None:
        # A rollback that failed: what it was to bring back may be tried again.
        newest = history.run(latest.back_to) or newest
    place = list(history.runs).index(newest)
    return [
        run
        for run in history.runs[place if history.damaged else place + 1 :]
        if run.id in history.succeeded and run.back_to is None
    ]


def choose(history: History, same_structure: SameStructure, wanted: str | None = None) -> Run:
    """The execution to go back to: the newest that may be, or the one that is wanted.

    Args:
        history: of the stage.
        same_structure: whether an execution ran the pipeline as it is now; CodePipeline brings
            back no other ("Configuring stage rollback" in its User Guide).
        wanted: the id of the execution to go back to; it may be newer than what serves.

    Raises:
        OperationError: the stage is busy, or nothing can be brought back.
    """
    if history.busy:
        raise OperationError(
            f"execution {history.latest} is in {history.stage} right now\n"
            "  to do: wait until it has ended there, or stop it (aws codepipeline "
            "stop-pipeline-execution); CodeDeploy takes back what it was shifting"
        )
    if wanted is not None:
        return _checked(history, same_structure, wanted)
    for run in candidates(history):
        if same_structure(run.id):
            return run
    raise OperationError(
        f"nothing to go back to: no earlier execution has succeeded in {history.stage} with the "
        "pipeline as it is now\n"
        "  to do: release a commit that reverts (git revert, then git push)"
    )


def _checked(history: History, same_structure: SameStructure, wanted: str) -> Run:
    run, serving = history.run(wanted), history.serving
    if run is None:
        remark = "is no execution that this pipeline has on record"
    elif run.back_to is not None:
        remark = f"is a rollback itself; it brought back {run.back_to}"
    elif wanted not in history.succeeded:
        remark = f"has not succeeded in {history.stage}"
    elif run == serving and not history.damaged:
        remark = "is what serves there now"
    elif not same_structure(wanted):
        remark = "ran another version of the pipeline, and CodePipeline brings back none of those"
    else:
        return run
    allowed = ", ".join(each.id for each in candidates(history)) or "none"
    raise OperationError(f"TO={wanted} {remark}\n  allowed: {allowed}\n  to do: give one of these")
