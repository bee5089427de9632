"""The change set called `review` of one stack, which nobody executes.

It is made without a role of CloudFormation's own: the stack keeps the one that it has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import clients
import reach
from changes import Change
from deadline import Deadline
from reach import Stacks

CHANGE_SET: Final = "review"
CAPABILITIES: Final = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")
# A page holds hundreds of changes, and a stack 500 resources at most.
MOST_PAGES: Final = 50
# What CloudFormation says of a change set that would change nothing; its API has no code for it.
_NOTHING: Final = ("didn't contain changes", "No updates are to be performed")
_FINE: Final = frozenset({"CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"})
_UNDER_WAY: Final = "_IN_PROGRESS"


class BusyError(Exception):
    """CloudFormation is at work on the stack or on its change set: the same may do later."""


class ProposalError(Exception):
    """CloudFormation could not make the change set; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The change set as far as it is.

    Attributes:
        id: its ARN.
        stack_id: the stack's ARN.
        is_made: whether CloudFormation has finished it.
        problem: why it never will; empty where it may.
        changes: what it would do, once it is made.
    """

    id: str
    stack_id: str
    is_made: bool
    problem: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Proposals:
    """The one proposal for a stack."""

    client: Stacks
    stack: str
    deadline: Deadline

    def status(self) -> str:
        """The stack's status; empty where it holds nothing yet.

        Raises:
            BotoCoreError, ClientError, OutOfTimeError: CloudFormation could not be asked.
        """
        try:
            describe = partial(self.client.describe_stacks, StackName=self.stack)
            [found] = reach.ask(describe, self.deadline, "asking for the stack")["Stacks"]
        except clients.FAILURES as error:
            if _is_wrong(error, "does not exist"):
                return ""
            raise
        status = str(found["StackStatus"])
        return "" if status == "REVIEW_IN_PROGRESS" else status

    def make(self, template: Mapping[str, str], description: str) -> str:
        """Put the proposal in place of an earlier one, and return its id.

        Args:
            template: TemplateBody or TemplateURL.
            description: whose proposal it is.

        Raises:
            BusyError: CloudFormation is at work on the stack, or still deletes the earlier one.
            ProposalError: it refuses the template or the stack.
            BotoCoreError, ClientError, OutOfTimeError: CloudFormation could not be asked.
        """
        if _UNDER_WAY in (status := self.status()):
            raise BusyError(f"{self.stack} is {status}")
        mine = {"StackName": self.stack, "ChangeSetName": CHANGE_SET}
        delete = partial(self.client.delete_change_set, **mine)
        create = partial(
            self.client.create_change_set,
            **mine,
            **template,
            ChangeSetType="UPDATE",
            Capabilities=list(CAPABILITIES),
            Description=description,
        )
        try:
            reach.ask(delete, self.deadline, "deleting the earlier change set")
            made = reach.ask(create, self.deadline, "creating the change set")
        except clients.FAILURES as error:
            busy = {"AlreadyExistsException", "InvalidChangeSetStatus"}
            if clients.error_code(error) in busy or _is_wrong(error, _UNDER_WAY):
                raise BusyError(f"{self.stack}: {error}") from error
            if clients.is_transient(error):
                raise
            raise ProposalError(str(error)) from error
        return str(made["Id"])

    def look(self) -> Proposal | None:
        """The proposal as it stands; None where there is none.

        Raises:
            ProposalError: there is no end of changes.
            BotoCoreError, ClientError, OutOfTimeError: CloudFormation could not be asked.
        """
        changes: list[Change] = []
        more: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            try:
                page = self._page(more)
            except clients.FAILURES as error:
                if clients.error_code(error) in {"ChangeSetNotFound", "ChangeSetNotFoundException"}:
                    return None
                raise
            found = Proposal(
                id=page["ChangeSetId"],
                stack_id=page["StackId"],
                is_made=page["Status"] == "CREATE_COMPLETE" or _is_nothing(page),
                problem=_problem(page),
                changes=tuple(changes := [*changes, *map(Change.of, page.get("Changes") or ())]),
            )
            if not page.get("NextToken"):
                return found
            more = {"NextToken": page["NextToken"]}
        raise ProposalError(f"the change set has more than {MOST_PAGES} pages")

    def _page(self, more: Mapping[str, str]) -> dict[str, Any]:
        describe = partial(
            self.client.describe_change_set,
            StackName=self.stack,
            ChangeSetName=CHANGE_SET,
            IncludePropertyValues=True,
            **more,
        )
        return reach.ask(describe, self.deadline, "reading the change set")


def _is_nothing(page: Mapping[str, Any]) -> bool:
    why = str(page.get("StatusReason"))
    return page["Status"] == "FAILED" and any(words in why for words in _NOTHING)


def _problem(page: Mapping[str, Any]) -> str:
    if page["Status"] in _FINE or _is_nothing(page):
        return ""
    return f"the change set is {page['Status']}: {page.get('StatusReason') or 'no reason given'}"


def _is_wrong(error: BaseException, words: str) -> bool:
    """Whether CloudFormation refuses what it was asked; it has but one code for all of that."""
    return clients.error_code(error) == "ValidationError" and words in str(error)
