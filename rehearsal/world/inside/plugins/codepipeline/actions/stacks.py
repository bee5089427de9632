"""A stack or change set as an action sees it: by name, until it is settled."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job

# How often CodePipeline asks is not documented.
POLL_SECONDS = 30.0
TIMEOUT_SECONDS = 3 * 24 * 3600.0
DONE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}
NOTHING_TO_DO = ("The submitted information didn't contain changes", "No updates are to be")


class Stack:
    """The stack that an action is about."""

    def __init__(self, job: Job, name: str) -> None:
        self._job, self.name = job, name
        self.client: Any = job.session.client("cloudformation")

    def find(self) -> dict[str, Any] | None:
        """The stack as it is now, if there is one."""
        try:
            found: dict[str, Any] = self.client.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if not _says(error, "ValidationError", "does not exist"):
                raise
            return None
        return found if found["StackStatus"] != "DELETE_COMPLETE" else None

    def change_set(self, name: str) -> dict[str, Any] | None:
        """One of its change sets as it is now, if there is one."""
        try:
            found: dict[str, Any] = self.client.describe_change_set(
                StackName=self.name, ChangeSetName=name
            )
        except ClientError as error:
            if not _says(error, "ChangeSetNotFound") and not _says(
                error, "ValidationError", "does not exist"
            ):
                raise
            return None
        return found

    def pause(self) -> None:
        """Let some time pass.

        Raises:
            ActionFailedError: the execution was stopped; CloudFormation goes on all the same.
        """
        if self._job.stop.wait(POLL_SECONDS, self._job.world.parties.current()):
            raise ActionFailedError("Abandoned", "the execution was stopped and abandoned")

    def settled(self) -> dict[str, Any] | None:
        """The stack when nothing is in progress any more, if it is still there.

        Raises:
            ActionFailedError: that takes more than three days, or the execution was stopped.
        """
        clock = self._job.world.clock
        until = clock.now() + TIMEOUT_SECONDS
        while clock.now() < until:
            # First of all: what CloudFormation does meanwhile takes time of its own.
            self.pause()
            found = self.find()
            if found is None or not found["StackStatus"].endswith("_IN_PROGRESS"):
                return found
        raise ActionFailedError("JobFailed", f"{self.name} is in progress for three days")

    def done(self) -> Mapping[str, str]:
        """Its outputs when an operation has succeeded.

        Raises:
            ActionFailedError: the operation has failed.
        """
        began = self._job.world.clock.now()
        found = self.settled()
        status = found["StackStatus"] if found else "DELETE_COMPLETE"
        if found is None or status not in DONE:
            raise ActionFailedError("JobFailed", self._failure(status, began))
        return outputs(found)

    def _failure(self, status: str, began: float) -> str:
        """What AWS says here is documented only so far: the first failed resource, if it may."""
        said = f"Stack [{self.name}] is in state {status}"
        try:
            events = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
        except ClientError:
            # By the user guide CodePipeline does without what it may not read.
            return said
        since = [each for each in events if each["Timestamp"].timestamp() >= int(began)]
        failed = [each for each in since if each["ResourceStatus"].endswith("_FAILED")]
        for first in failed[-1:]:
            why = first.get("ResourceStatusReason", "")
            return f"{said}: {first['LogicalResourceId']} ({first['ResourceType']}): {why}"
        return said


def outputs(stack: Mapping[str, Any]) -> Mapping[str, str]:
    """A stack's outputs by name."""
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs") or ()}


def is_empty(change_set: Mapping[str, Any]) -> bool:
    """Whether a change set failed for nothing but that it changes nothing."""
    reason = change_set.get("StatusReason", "")
    return bool(change_set["Status"] == "FAILED" and reason.startswith(NOTHING_TO_DO))


def has_nothing_to_do(error: ClientError) -> bool:
    """Whether an update was refused for nothing but that it changes nothing."""
    return _says(error, "ValidationError", "No updates are to be performed")


def _says(error: ClientError, code: str, words: str = "") -> bool:
    said = error.response["Error"]
    return said["Code"].startswith(code) and words in said.get("Message", "")
