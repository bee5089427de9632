"""What an execution did, as CodePipeline's API tells it: newest first."""

from collections.abc import Iterator
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.attempt import Attempt
from rehearsal.world.inside.plugins.codepipeline.attempt_shapes import action, rule
from rehearsal.world.inside.plugins.codepipeline.finding import find
from rehearsal.world.inside.plugins.codepipeline.pages import page
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.plugins.codepipeline.record import Execution

Request = dict[str, Any]
Record = dict[str, Any]
SUMMARY_LETTERS = 2048


def execution(pipelines: Pipelines, request: Request) -> Record:
    """One execution."""
    pipeline = pipelines.find(request["pipelineName"])
    found = find(pipeline, request["pipelineExecutionId"])
    variables = found.variables.items()
    return {
        "pipelineExecution": {
            "pipelineName": pipeline.name,
            "pipelineVersion": found.version,
            "artifactRevisions": list(_artifact_revisions(found)),
            "variables": [{"name": name, "resolvedValue": value} for name, value in variables],
            **_common(found),
        }
    }


def executions(pipelines: Pipelines, request: Request) -> Record:
    """All executions, or those that have succeeded in a stage."""
    pipeline = pipelines.find(request["pipelineName"])
    stage = request.get("filter", {}).get("succeededInStage", {}).get("stageName", "")
    found = [
        {
            "startTime": each.started,
            "lastUpdateTime": each.updated,
            "sourceRevisions": [_summarized(said) for said in each.revisions.values()],
            **({"stopTrigger": {"reason": each.reason}} if each.stopping else {}),
            **_common(each),
        }
        for each in reversed(pipeline.executions)
        if not stage or each.stages.get(stage) == "Succeeded"
    ]
    return page("pipelineExecutionSummaries", found, request)


def actions(pipelines: Pipelines, request: Request) -> Record:
    """Each attempt at an action."""
    pipeline = pipelines.find(request["pipelineName"])
    asked = request.get("filter", {})
    latest = asked.get("latestInPipelineExecution", {})
    of = latest.get("pipelineExecutionId") or asked.get("pipelineExecutionId")
    found = [
        action(each, attempt)
        for each in _executions(pipeline, of)
        for attempt in reversed(each.attempts)
        if not latest or _is_latest(each, attempt, latest["startTimeRange"])
    ]
    return page("actionExecutionDetails", found, request)


def rules(pipelines: Pipelines, request: Request) -> Record:
    """Each time that a condition's rule was asked."""
    pipeline = pipelines.find(request["pipelineName"])
    asked = request.get("filter", {})
    latest = asked.get("latestInPipelineExecution", {})
    of = latest.get("pipelineExecutionId") or asked.get("pipelineExecutionId")
    found = [
        rule(each, attempt)
        for each in _executions(pipeline, of)
        for attempt in reversed(each.rules)
        if latest.get("startTimeRange") != "Latest" or attempt.started >= each.resumed
    ]
    return page("ruleExecutionDetails", found, request)


def kind(found: Execution) -> Record:
    """Whether an execution is a rollback, and to which one."""
    if not found.rollback_of:
        return {"executionType": "STANDARD"}
    target = {"rollbackTargetPipelineExecutionId": found.rollback_of}
    return {"executionType": "ROLLBACK", "rollbackMetadata": target}


def _common(found: Execution) -> Record:
    return {
        "pipelineExecutionId": found.id,
        "status": found.status,
        "statusSummary": found.message,
        "trigger": found.trigger,
        "executionMode": found.declared["executionMode"],
        **kind(found),
    }


def _executions(pipeline: Pipeline, of: str | None) -> list[Execution]:
    return [find(pipeline, of)] if of else list(reversed(pipeline.executions))


def _is_latest(of: Execution, attempt: Attempt, since: str) -> bool:
    newest = of.latest(attempt.stage, attempt.name) is attempt
    return newest and (since == "All" or attempt.started >= of.resumed)


def _artifact_revisions(found: Execution) -> Iterator[Record]:
    for source in found.declared["stages"][0]["actions"]:
        for artifact in source["outputArtifacts"]:
            if revision := found.revisions.get(source["name"]):
                said = _summarized(revision)
                del said["actionName"]
                yield {"name": artifact["name"], **said}


def _summarized(revision: Record) -> Record:
    """A summary may be neither empty nor long, as a commit's message may."""
    said = dict(revision)
    if summary := str(said.pop("revisionSummary", ""))[:SUMMARY_LETTERS]:
        said["revisionSummary"] = summary
    return said


OPERATIONS = {
    "GetPipelineExecution": execution,
    "ListPipelineExecutions": executions,
    "ListActionExecutions": actions,
    "ListRuleExecutions": rules,
}
