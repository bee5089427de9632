"""The deploy action for CloudFormation: stacks and change sets, in each of the action's modes."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping

from botocore.exceptions import ClientError

from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job, Outcome
from rehearsal.world.inside.plugins.codepipeline.actions.configuration import (
    only,
    required,
    wrong,
)
from rehearsal.world.inside.plugins.codepipeline.actions.stack_settings import KNOWN, settings
from rehearsal.world.inside.plugins.codepipeline.actions.stacks import (
    Stack,
    has_nothing_to_do,
    is_empty,
    outputs,
)

# From these no update leads out.
FAILED = {
    "CREATE_FAILED",
    "DELETE_FAILED",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_FAILED",
}
WHEN = (1980, 1, 1, 0, 0, 0)


def perform(job: Job) -> Outcome:
    """Do what the action's mode says, and wait for it.

    Raises:
        ActionFailedError: CloudFormation does not succeed.
    """
    only(job, KNOWN)
    mode = required(job, "ActionMode")
    if mode not in MODES:
        wrong(f"the world knows no ActionMode {mode}")
    stack = Stack(job, required(job, "StackName"))
    variables = MODES[mode](job, stack)
    if file := job.configuration.get("OutputFileName", ""):
        _put_out(job, file, variables)
    return Outcome(variables=variables)


def _replace_change_set(job: Job, stack: Stack) -> Mapping[str, str]:
    name = required(job, "ChangeSetName")
    found = stack.find()
    if found and found["StackStatus"] in FAILED:
        raise ActionFailedError("JobFailed", _not_updatable(found))
    if found and stack.change_set(name):
        stack.client.delete_change_set(StackName=stack.name, ChangeSetName=name)
        while stack.change_set(name):
            stack.pause()
    is_new = found is None or found["StackStatus"] == "REVIEW_IN_PROGRESS"
    made = stack.client.create_change_set(
        ChangeSetName=name, ChangeSetType="CREATE" if is_new else "UPDATE", **settings(job)
    )
    job.show(external_id=made["Id"])
    change_set = stack.change_set(name)
    while change_set and change_set["Status"].endswith(("_PENDING", "_IN_PROGRESS")):
        stack.pause()
        change_set = stack.change_set(name)
    if change_set is None:
        raise ActionFailedError("JobFailed", f"ChangeSet [{name}] does not exist")
    if change_set["Status"] != "CREATE_COMPLETE" and not is_empty(change_set):
        raise ActionFailedError("JobFailed", change_set.get("StatusReason", change_set["Status"]))
    return {} if is_new or found is None else outputs(found)


def _execute_change_set(job: Job, stack: Stack) -> Mapping[str, str]:
    name = required(job, "ChangeSetName")
    change_set = stack.change_set(name)
    if change_set is None:
        raise ActionFailedError("JobFailed", f"ChangeSet [{name}] does not exist")
    job.show(external_id=change_set["ChangeSetId"])
    # One without changes has nothing to execute, and the action succeeds.
    if is_empty(change_set):
        return outputs(stack.find() or {})
    stack.client.execute_change_set(StackName=stack.name, ChangeSetName=name)
    return stack.done()


def _create_or_update(job: Job, stack: Stack) -> Mapping[str, str]:
    found = stack.find()
    if found is None:
        return _create(job, stack)
    try:
        stack.client.update_stack(**settings(job))
    except ClientError as error:
        if not has_nothing_to_do(error):
            raise
        return outputs(found)
    job.show(external_id=found["StackId"])
    return stack.done()


def _replace_on_failure(job: Job, stack: Stack) -> Mapping[str, str]:
    found = stack.find()
    if found and found["StackStatus"] in FAILED:
        _delete(job, stack)
    return _create_or_update(job, stack)


def _create(job: Job, stack: Stack) -> Mapping[str, str]:
    made = stack.client.create_stack(**settings(job))
    job.show(external_id=made["StackId"])
    return stack.done()


def _delete(job: Job, stack: Stack) -> Mapping[str, str]:
    found, role = stack.find(), job.configuration.get("RoleArn", "")
    if found is None:
        return {}
    job.show(external_id=found["StackId"])
    stack.client.delete_stack(StackName=stack.name, **({"RoleARN": role} if role else {}))
    left = stack.settled()
    if left is not None:
        raise ActionFailedError("JobFailed", f"Stack [{stack.name}] is in {left['StackStatus']}")
    return {}


def _not_updatable(found: Mapping[str, str]) -> str:
    return f"Stack:{found['StackId']} is in {found['StackStatus']} state and can not be updated."


def _put_out(job: Job, file: str, variables: Mapping[str, str]) -> None:
    if len(job.outputs) != 1:
        wrong(f"{job.action} with OutputFileName has one output artifact, not {len(job.outputs)}")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo(file, WHEN), json.dumps(dict(variables)))
    job.artifacts.put(job.outputs[0], content.getvalue(), job.session)


MODES: Mapping[str, Callable[[Job, Stack], Mapping[str, str]]] = {
    "CHANGE_SET_EXECUTE": _execute_change_set,
    "CHANGE_SET_REPLACE": _replace_change_set,
    "CREATE_UPDATE": _create_or_update,
    "DELETE_ONLY": _delete,
    "REPLACE_ON_FAILURE": _replace_on_failure,
}
