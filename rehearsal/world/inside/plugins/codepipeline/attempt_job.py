"""What a performer is given for one attempt."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job
from rehearsal.world.inside.plugins.codepipeline.artifact_store import Store
from rehearsal.world.inside.plugins.codepipeline.attempt import Attempt
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline
from rehearsal.world.inside.plugins.codepipeline.record import Execution
from rehearsal.world.inside.plugins.codepipeline.sessions import session_for
from rehearsal.world.inside.plugins.codepipeline.variables import resolved


def job_for(pipeline: Pipeline, execution: Execution, attempt: Attempt) -> Job:
    """Variables filled in, as the role that the attempt's declaration names.

    Raises:
        ActionFailedError: a variable or an input artifact is not there.
        NotTrustedError: the pipeline's role does not trust CodePipeline.
        ClientError: the pipeline's role may not assume the action's.
    """
    declared = attempt.declared
    attempt.resolved = resolved(declared.get("configuration", {}), _known(execution))
    for name in names(declared, "inputArtifacts"):
        if name not in attempt.taken:
            raise ActionFailedError(
                "ConfigurationError", f"no action of this execution has put out {name}"
            )
    return Job(
        world=pipeline.world,
        session=session_for(pipeline, execution, str(declared.get("roleArn", "")), attempt.id),
        account=pipeline.account,
        pipeline=pipeline.name,
        stage=attempt.stage,
        action=attempt.name,
        execution_id=execution.id,
        action_execution_id=attempt.id,
        configuration=attempt.resolved,
        inputs=list(attempt.taken),
        outputs=list(attempt.put),
        artifacts=Store(execution, attempt),
        revision=_revision(execution, attempt),
        show=_shows(attempt),
        stop=attempt.stop,
    )


def _revision(execution: Execution, attempt: Attempt) -> str:
    """What a source action begins with, or the revision of the source that another one takes."""
    sources = {
        artifact: source["name"]
        for source in execution.declared["stages"][0]["actions"]
        for artifact in names(source, "outputArtifacts")
    }
    taken = [sources[name] for name in attempt.taken if name in sources]
    action = attempt.name if attempt.name in execution.revisions else next(iter(taken), "")
    return str(execution.revisions.get(action, {}).get("revisionId", ""))


def names(declared: Mapping[str, Any], artifacts: str) -> list[str]:
    """The names of an action's `inputArtifacts` or `outputArtifacts`."""
    return [str(each["name"]) for each in declared.get(artifacts, [])]


def _known(execution: Execution) -> dict[str, Mapping[str, str]]:
    return {
        **execution.namespaces,
        "variables": execution.variables,
        "codepipeline": {"PipelineExecutionId": execution.id},
    }


def _shows(attempt: Attempt) -> Callable[..., None]:
    def show(*, external_id: str = "", summary: str = "", token: str = "") -> None:
        attempt.external_id = external_id or attempt.external_id
        attempt.summary = summary or attempt.summary
        attempt.token = token or attempt.token

    return show
