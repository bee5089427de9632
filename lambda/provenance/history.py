"""Ask AWS what an execution did, and what its builds were."""

from functools import partial
from typing import Any, Final

import aws
import reach
from built import Record, UnprovenError
from deadline import Deadline

# A page holds 100 actions, and a pipeline has at most 1,000 ("Quotas", CodePipeline User Guide).
MOST_PAGES: Final = 20


def execution(pipeline: str, execution_id: str, deadline: Deadline) -> Record:
    """One execution of a pipeline.

    Raises:
        BotoCoreError, ClientError, OutOfTimeError: CodePipeline could not be asked.
    """
    get = partial(
        aws.pipelines().get_pipeline_execution,
        pipelineName=pipeline,
        pipelineExecutionId=execution_id,
    )
    found: Record = reach.ask(get, deadline, "asking for the execution")["pipelineExecution"]
    return found


def actions(pipeline: str, execution_id: str, deadline: Deadline) -> list[Record]:
    """Every attempt at an action that an execution has made.

    Raises:
        UnprovenError: there is no end of them.
        BotoCoreError, ClientError, OutOfTimeError: CodePipeline could not be asked.
    """
    found: list[Record] = []
    more: dict[str, Any] = {}
    for _ in range(MOST_PAGES):
        page = partial(
            aws.pipelines().list_action_executions,
            pipelineName=pipeline,
            filter={"pipelineExecutionId": execution_id},
            **more,
        )
        answer = reach.ask(page, deadline, "asking for the execution's actions")
        found += answer["actionExecutionDetails"]
        if not answer.get("nextToken"):
            return found
        more = {"nextToken": answer["nextToken"]}
    raise UnprovenError(f"the execution has more than {MOST_PAGES} pages of actions")


def builds(ids: list[str], deadline: Deadline) -> dict[str, Record]:
    """The builds of those ids.

    Raises:
        UnprovenError: CodeBuild does not know one of them.
        BotoCoreError, ClientError, OutOfTimeError: CodeBuild could not be asked.
    """
    get = partial(aws.builds().batch_get_builds, ids=ids)
    answer = reach.ask(get, deadline, "asking for the builds")
    found = {each["id"]: each for each in answer.get("builds") or ()}
    if missing := sorted(set(ids) - set(found)):
        raise UnprovenError(f"CodeBuild knows no build {', '.join(missing)}")
    return found
