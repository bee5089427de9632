"""Approval rule templates: the rules that each new pull request of some repositories gets."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codecommit.repositories import Repositories

Said = dict[str, Any]
NAME = "approvalRuleTemplateName"


def checked(content: str, code: str = "InvalidApprovalRuleContentException") -> str:
    """A rule's content, if CodeCommit would take it.

    Raises:
        ServiceError: it would not; by its code.
    """
    try:
        read = json.loads(content)
        [statement] = read["Statements"]
        sound = read["Version"] == "2018-11-08" and statement["Type"] == "Approvers"
        sound = sound and int(statement["NumberOfApprovalsNeeded"]) > 0
    except (KeyError, TypeError, ValueError) as error:
        raise ServiceError(code, f"not the content of a rule: {error}") from error
    if not sound:
        raise ServiceError(code, "a rule needs the version 2018-11-08 and approvals above 0")
    return content


def sha256(content: str) -> str:
    """By what one content is told from another."""
    return hashlib.sha256(content.encode()).hexdigest()


class Templates:
    """The templates of all accounts and regions of a world, with the repositories of each."""

    def __init__(self, repositories: Repositories) -> None:
        self.repositories = repositories
        self._chance = repositories.world.chance("aws.codecommit approvals")
        self._all: dict[tuple[str, str], Said] = {}
        self._associated: dict[tuple[str, str], list[str]] = {}

    def new_id(self) -> str:
        """An id for a template or a rule."""
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def rules_for(self, repository: str, destination: str) -> list[Said]:
        """What a new pull request of a repository has to meet."""
        place = self._key("")[0]
        found = []
        for (where, name), template in sorted(self._all.items()):
            content = json.loads(template["approvalRuleTemplateContent"])
            branches = content.pop("DestinationReferences", [destination])
            if (
                where == place
                and repository in self._associated[where, name]
                and destination in branches
            ):
                origin = {key: template[key] for key in ("approvalRuleTemplateId", NAME)}
                rule = self.rule(name, json.dumps(content))
                found.append({**rule, "originApprovalRuleTemplate": origin})
        return found

    def rule(self, name: str, content: str) -> Said:
        """A new rule."""
        now = self.repositories.world.clock.now()
        return {
            "approvalRuleId": self.new_id(),
            "approvalRuleName": name,
            "approvalRuleContent": content,
            "ruleContentSha256": sha256(content),
            "creationDate": now,
            "lastModifiedDate": now,
            "lastModifiedUser": self.repositories.caller(),
        }

    def get(self, request: Mapping[str, Any]) -> Said:
        """A template.

        Raises:
            ServiceError: there is none of that name.
        """
        found = self._all.get(self._key(request[NAME]))
        if found is None:
            code = "ApprovalRuleTemplateDoesNotExistException"
            raise ServiceError(code, f"no template {request[NAME]}")
        return found

    def create(self, request: Said) -> Said:
        """CreateApprovalRuleTemplate."""
        key, content = self._key(request[NAME]), _checked(request["approvalRuleTemplateContent"])
        if key in self._all:
            code = "ApprovalRuleTemplateNameAlreadyExistsException"
            raise ServiceError(code, f"{key[1]} already exists")
        now = self.repositories.world.clock.now()
        self._associated[key] = []
        self._all[key] = {
            "approvalRuleTemplateId": self.new_id(),
            NAME: key[1],
            "approvalRuleTemplateDescription": request.get("approvalRuleTemplateDescription", ""),
            "approvalRuleTemplateContent": content,
            "ruleContentSha256": sha256(content),
            "creationDate": now,
            "lastModifiedDate": now,
            "lastModifiedUser": self.repositories.caller(),
        }
        return {"approvalRuleTemplate": self._all[key]}

    def change_content(self, request: Said) -> Said:
        """UpdateApprovalRuleTemplateContent; rules that it has made stay as they are."""
        content = _checked(request["newRuleContent"])
        changed = {"approvalRuleTemplateContent": content, "ruleContentSha256": sha256(content)}
        return self._change(request, changed)

    def change_description(self, request: Said) -> Said:
        """UpdateApprovalRuleTemplateDescription."""
        name = "approvalRuleTemplateDescription"
        return self._change(request, {name: request[name]})

    def show(self, request: Said) -> Said:
        """GetApprovalRuleTemplate."""
        return {"approvalRuleTemplate": self.get(request)}

    def delete(self, request: Said) -> Said:
        """DeleteApprovalRuleTemplate."""
        key, found = self._key(request[NAME]), self.get(request)
        if self._associated[key]:
            raise ServiceError("ApprovalRuleTemplateInUseException", f"{key[1]} has repositories")
        del self._all[key]
        return {"approvalRuleTemplateId": found["approvalRuleTemplateId"]}

    def associate(self, request: Said) -> None:
        """AssociateApprovalRuleTemplateWithRepository."""
        there = self._repositories_of(request)
        if request["repositoryName"] not in there:
            there.append(request["repositoryName"])

    def part(self, request: Said) -> None:
        """DisassociateApprovalRuleTemplateFromRepository."""
        there = self._repositories_of(request)
        if request["repositoryName"] in there:
            there.remove(request["repositoryName"])

    def listed(self, request: Said) -> Said:
        """ListRepositoriesForApprovalRuleTemplate."""
        self.get(request)
        return {"repositoryNames": list(self._associated[self._key(request[NAME])])}

    @property
    def operations(self) -> dict[str, Callable[[Said], Said | None]]:
        """What the API can do with templates."""
        return {
            "AssociateApprovalRuleTemplateWithRepository": self.associate,
            "CreateApprovalRuleTemplate": self.create,
            "DeleteApprovalRuleTemplate": self.delete,
            "DisassociateApprovalRuleTemplateFromRepository": self.part,
            "GetApprovalRuleTemplate": self.show,
            "ListRepositoriesForApprovalRuleTemplate": self.listed,
            "UpdateApprovalRuleTemplateContent": self.change_content,
            "UpdateApprovalRuleTemplateDescription": self.change_description,
        }

    def _change(self, request: Said, changed: Said) -> Said:
        found = self.get(request)
        now = self.repositories.world.clock.now()
        by = self.repositories.caller()
        found |= {**changed, "lastModifiedDate": now, "lastModifiedUser": by}
        return {"approvalRuleTemplate": found}

    def _repositories_of(self, request: Said) -> list[str]:
        self.get(request)
        self.repositories.get(request["repositoryName"])
        return self._associated[self._key(request[NAME])]

    def _key(self, name: str) -> tuple[str, str]:
        return self.repositories.arn("").rpartition(":")[0], name


def _checked(content: str) -> str:
    return checked(content, "InvalidApprovalRuleTemplateContentException")
