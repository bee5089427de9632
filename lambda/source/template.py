"""An approval rule template, for which CloudFormation has no type: a custom resource.

Its physical id is the template's name. Each request can be repeated: what is there is brought to
what is wanted, and what is gone may go again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self

import aws
import log
import rule_content
from answer import Answerer, Context, require_time

_EXISTS: Final = "ApprovalRuleTemplateNameAlreadyExistsException"
_GONE: Final = frozenset(
    {"ApprovalRuleTemplateDoesNotExistException", "InvalidApprovalRuleTemplateNameException"}
)
_NO_REPOSITORY: Final = "RepositoryDoesNotExistException"
# An id for CloudFormation where nothing was made: no template can be called so.
_NOTHING: Final = "nothing/made"

Call = Callable[..., dict[str, Any]]


class WrongPropertiesError(ValueError):
    """The template in CloudFormation asks for what cannot be made; the message says what."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A template as CloudFormation wants it."""

    name: str
    description: str
    content: str
    repositories: tuple[str, ...]

    @classmethod
    def of(cls, properties: object) -> Self:
        """Read a resource's properties; CloudFormation gives numbers as text.

        Raises:
            WrongPropertiesError: one is missing, or is not what it should be.
        """
        match properties:
            case {
                "Name": str(name),
                "Description": str(description),
                "Approvals": str(approvals),
                "Approvers": [*approvers],
                "Branches": [*branches],
                "Repositories": [*repositories],
            } if approvals.isdigit() and all(
                isinstance(each, str) for each in (*approvers, *branches, *repositories)
            ):
                return cls(
                    name=name,
                    description=description,
                    content=rule_content.content(
                        approvals=int(approvals), approvers=approvers, branches=branches
                    ),
                    repositories=tuple(repositories),
                )
        raise WrongPropertiesError(
            "the properties are Name, Description and Approvals (a number), and the lists "
            "Approvers, Branches and Repositories"
        )


def handle(event: object, context: Context) -> None:
    """Create, update or delete the template, and answer CloudFormation whatever happens.

    Raises:
        MalformedRequestError, NotAnsweredError: CloudFormation knows nothing of it.
    """
    answerer = Answerer.of(event)
    said: Mapping[str, Any] = event if isinstance(event, Mapping) else {}
    physical_id = str(said.get("PhysicalResourceId") or _NOTHING)
    status, reason = "FAILED", ""
    try:
        if said.get("RequestType") == "Delete":
            _delete(physical_id, partial(_ask, context))
        else:
            wanted = Wanted.of(said.get("ResourceProperties"))
            # From here on there may be something to delete.
            physical_id = wanted.name
            _put(wanted, partial(_ask, context))
        status, reason = "SUCCESS", "done"
    except Exception as error:  # noqa: BLE001 CloudFormation must hear of it
        reason = f"{type(error).__name__}: {error}"
        log.step("fault", reason=reason)
    answerer.send(status, physical_id=physical_id, reason=reason, context=context)


def _ask(context: Context, operation: str, **request: object) -> dict[str, Any]:
    require_time(context, operation)
    call: Call = getattr(aws.client("codecommit"), operation)
    return call(**request)


def _put(wanted: Wanted, ask: Call) -> None:
    name = wanted.name
    try:
        ask(
            "create_approval_rule_template",
            approvalRuleTemplateName=name,
            approvalRuleTemplateContent=wanted.content,
            approvalRuleTemplateDescription=wanted.description,
        )
    except aws.FAILURES as error:
        if aws.error_code(error) != _EXISTS:
            raise
        ask(
            "update_approval_rule_template_content",
            approvalRuleTemplateName=name,
            newRuleContent=wanted.content,
        )
        ask(
            "update_approval_rule_template_description",
            approvalRuleTemplateName=name,
            approvalRuleTemplateDescription=wanted.description,
        )
    there = _repositories(name, ask)
    for repository in wanted.repositories:
        if repository not in there:
            ask(
                "associate_approval_rule_template_with_repository",
                approvalRuleTemplateName=name,
                repositoryName=repository,
            )
    _part(name, [each for each in there if each not in wanted.repositories], ask)
    log.step("put", template=name)


def _delete(name: str, ask: Call) -> None:
    try:
        if name != _NOTHING:
            _part(name, _repositories(name, ask), ask)
            ask("delete_approval_rule_template", approvalRuleTemplateName=name)
    except aws.FAILURES as error:
        if aws.error_code(error) not in _GONE:
            raise
    log.step("deleted", template=name)


def _repositories(name: str, ask: Call) -> list[str]:
    found: list[str] = []
    more: dict[str, str] = {}
    while True:
        page = ask(
            "list_repositories_for_approval_rule_template", approvalRuleTemplateName=name, **more
        )
        found += page.get("repositoryNames", [])
        if not page.get("nextToken"):
            return found
        more = {"nextToken": page["nextToken"]}


def _part(name: str, repositories: Sequence[str], ask: Call) -> None:
    for repository in repositories:
        try:
            ask(
                "disassociate_approval_rule_template_from_repository",
                approvalRuleTemplateName=name,
                repositoryName=repository,
            )
        except aws.FAILURES as error:
            # A repository that is gone has no association left.
            if aws.error_code(error) != _NO_REPOSITORY:
                raise
