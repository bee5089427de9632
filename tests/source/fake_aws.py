"""CodeCommit, CodeBuild and CodePipeline as the functions around a repository meet them.

botocore validates every request, and every answer is held against the service's model, so a wrong
parameter or an answer that AWS could not give fails the test.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.model import OperationModel
from botocore.validate import validate_parameters

Said = dict[str, Any]
A, B, C = ("a" * 40, "b" * 40, "c" * 40)
REVISION, NEWER = "1" * 64, "2" * 64
BUILDSPEC = "version: 0.2\n"
BUILD = "acme-acme-pull-requests:5a1d9f5c-0000-4000-8000-000000000001"
BUILD_ARN = f"arn:aws:codebuild:eu-central-1:111122223333:build/{BUILD}"
EVENT_ID = "6f3a8c1e-0000-4000-8000-000000000001"


@dataclass(frozen=True)
class AwsError:
    """An error answer, by its code."""

    code: str


def described_project() -> Said:
    """The project, as CodeBuild describes it."""
    return {
        "name": "acme-acme-pull-requests",
        "source": {"type": "CODECOMMIT", "location": "https://git/acme", "buildspec": BUILDSPEC},
        "environment": {
            "type": "ARM_CONTAINER",
            "image": "aws/codebuild/dated",
            "computeType": "BUILD_GENERAL1_SMALL",
            "privilegedMode": False,
        },
        "serviceRole": "arn:aws:iam::111122223333:role/acme/foundation/build",
    }


def described_build(status: str = "SUCCEEDED") -> Said:
    """A build of revision 1 of pull request 7, whose source commit is B."""
    project = described_project()
    asked = {
        "PULL_REQUEST": "7",
        "REVISION": REVISION,
        "SOURCE_COMMIT": B,
        "DESTINATION_COMMIT": A,
    }
    variables = [{"name": n, "value": v, "type": "PLAINTEXT"} for n, v in asked.items()]
    return {
        "id": BUILD,
        "projectName": project["name"],
        "buildStatus": status,
        "sourceVersion": B,
        "resolvedSourceVersion": B,
        "source": project["source"],
        "environment": {**project["environment"], "environmentVariables": variables},
        "serviceRole": project["serviceRole"],
        "phases": [{"phaseType": "SUBMITTED", "phaseStatus": "SUCCEEDED"}],
        "logs": {"deepLink": "https://console/log"},
    }


@dataclass
class Aws:
    """What AWS knows, and what it was asked."""

    changes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    tip: str = B
    paths_a_page: int = 100
    executions: dict[str, Said] = field(default_factory=dict)
    builds: dict[str, Said] = field(default_factory=dict)
    build: Said = field(default_factory=described_build)
    project: Said = field(default_factory=described_project)
    pull: Said = field(
        default_factory=lambda: {
            "pullRequestId": "7",
            "pullRequestStatus": "OPEN",
            "revisionId": REVISION,
            "approvalRules": [],
            "pullRequestTargets": [
                {
                    "repositoryName": "acme",
                    "sourceCommit": B,
                    "destinationCommit": A,
                    "mergeBase": A,
                }
            ],
        }
    )
    approvals: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    templates: dict[str, Said] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    faults: dict[str, list[AwsError]] = field(default_factory=dict)

    def answer(self, operation: str, request: Said) -> Said | AwsError:
        """What AWS says to a request."""
        self.calls.append(operation)
        if waiting := self.faults.get(operation):
            return waiting.pop(0)
        usual: Callable[[Said], Said | AwsError] = getattr(self, xform_name(operation))
        return usual(request)

    def get_branch(self, request: Said) -> Said:
        return {"branch": {"branchName": request["branchName"], "commitId": self.tip}}

    def get_differences(self, request: Said) -> Said | AwsError:
        commits = request["beforeCommitSpecifier"], request["afterCommitSpecifier"]
        if commits not in self.changes:
            return AwsError("CommitDoesNotExistException")
        first = int(request.get("NextToken", 0))
        last = first + self.paths_a_page
        more = {"NextToken": str(last)} if last < len(self.changes[commits]) else {}
        found = [
            {"afterBlob": {"path": path}, "changeType": "A"}
            for path in self.changes[commits][first:last]
        ]
        return {"differences": found, **more}

    def start_pipeline_execution(self, request: Said) -> Said:
        self.executions.setdefault(request["clientRequestToken"], request)
        return {"pipelineExecutionId": f"execution-{len(self.executions)}"}

    def start_build(self, request: Said) -> Said:
        self.builds.setdefault(request["idempotencyToken"], request)
        return {"build": {"id": BUILD}}

    def batch_get_builds(self, request: Said) -> Said:
        return {"builds": [self.build] if request["ids"] == [self.build["id"]] else []}

    def batch_get_projects(self, request: Said) -> Said:
        return {"projects": [self.project] if request["names"] == [self.project["name"]] else []}

    def get_pull_request(self, request: Said) -> Said | AwsError:
        if request["pullRequestId"] != self.pull["pullRequestId"]:
            return AwsError("PullRequestDoesNotExistException")
        return {"pullRequest": self.pull}

    def update_pull_request_approval_state(self, request: Said) -> Said | AwsError:
        if self.pull["pullRequestStatus"] == "CLOSED":
            return AwsError("PullRequestAlreadyClosedException")
        if request["revisionId"] != self.pull["revisionId"]:
            return AwsError("RevisionNotCurrentException")
        self.approvals[request["revisionId"]] = request["approvalState"]
        return {}

    def post_comment_for_pull_request(self, request: Said) -> Said | AwsError:
        said = self.comments.setdefault(request["clientRequestToken"], request["content"])
        if said != request["content"]:
            return AwsError("IdempotencyParameterMismatchException")
        return {"comment": {"content": said}}

    @property
    def rules(self) -> dict[str, str]:
        """The content of each rule of the pull request."""
        return {
            rule["approvalRuleName"]: rule["approvalRuleContent"]
            for rule in self.pull["approvalRules"]
        }

    def create_pull_request_approval_rule(self, request: Said) -> Said | AwsError:
        name = request["approvalRuleName"]
        if self.pull["pullRequestStatus"] == "CLOSED":
            return AwsError("PullRequestAlreadyClosedException")
        if name in self.rules:
            return AwsError("ApprovalRuleNameAlreadyExistsException")
        content = request["approvalRuleContent"]
        rule = {"approvalRuleName": name, "approvalRuleContent": content}
        self.pull["approvalRules"].append(rule)
        return {"approvalRule": rule}

    def update_pull_request_approval_rule_content(self, request: Said) -> Said | AwsError:
        for rule in self.pull["approvalRules"]:
            if rule["approvalRuleName"] == request["approvalRuleName"]:
                rule["approvalRuleContent"] = request["newRuleContent"]
                return {"approvalRule": rule}
        return AwsError("ApprovalRuleDoesNotExistException")

    def create_approval_rule_template(self, request: Said) -> Said | AwsError:
        name = request["approvalRuleTemplateName"]
        if name in self.templates:
            return AwsError("ApprovalRuleTemplateNameAlreadyExistsException")
        self.templates[name] = {
            "content": request["approvalRuleTemplateContent"],
            "description": request["approvalRuleTemplateDescription"],
            "repositories": [],
        }
        return {"approvalRuleTemplate": {"approvalRuleTemplateName": name}}

    def update_approval_rule_template_content(self, request: Said) -> Said | AwsError:
        return self._change(request, content=request["newRuleContent"])

    def update_approval_rule_template_description(self, request: Said) -> Said | AwsError:
        return self._change(request, description=request["approvalRuleTemplateDescription"])

    def _change(self, request: Said, **what: str) -> Said | AwsError:
        name = request["approvalRuleTemplateName"]
        if name not in self.templates:
            return AwsError("ApprovalRuleTemplateDoesNotExistException")
        self.templates[name] |= what
        return {"approvalRuleTemplate": {"approvalRuleTemplateName": name}}

    def list_repositories_for_approval_rule_template(self, request: Said) -> Said | AwsError:
        if request["approvalRuleTemplateName"] not in self.templates:
            return AwsError("ApprovalRuleTemplateDoesNotExistException")
        there = self.templates[request["approvalRuleTemplateName"]]["repositories"]
        # One a page.
        first = int(request.get("nextToken", 0))
        more = {"nextToken": str(first + 1)} if first + 1 < len(there) else {}
        return {"repositoryNames": there[first : first + 1], **more}

    def associate_approval_rule_template_with_repository(self, request: Said) -> Said:
        there = self.templates[request["approvalRuleTemplateName"]]["repositories"]
        if request["repositoryName"] not in there:
            there.append(request["repositoryName"])
        return {}

    def disassociate_approval_rule_template_from_repository(self, request: Said) -> Said | AwsError:
        repository = request["repositoryName"]
        self.templates[request["approvalRuleTemplateName"]]["repositories"].remove(repository)
        return AwsError("RepositoryDoesNotExistException") if repository in self.gone else {}

    def delete_approval_rule_template(self, request: Said) -> Said | AwsError:
        name = request["approvalRuleTemplateName"]
        if name not in self.templates:
            return AwsError("ApprovalRuleTemplateDoesNotExistException")
        if self.templates[name]["repositories"]:
            return AwsError("ApprovalRuleTemplateInUseException")
        del self.templates[name]
        return {"approvalRuleTemplateId": "t-1"}


class Wire:
    """Stands where botocore would send the request."""

    def __init__(self) -> None:
        self.aws = Aws()
        self._request = threading.local()

    def attach(self, session: botocore.session.Session) -> None:
        """Answer all clients of the session."""
        session.register("before-parameter-build", self._remember)
        session.register("before-call", self._answer)

    def _remember(self, params: Said, **_: object) -> None:
        self._request.given = dict(params)

    def _answer(self, model: OperationModel, **_: object) -> tuple[Any, Said]:
        answer = self.aws.answer(model.name, self._request.given)
        if isinstance(answer, AwsError):
            response = {
                "Error": {"Code": answer.code, "Message": "as injected"},
                "ResponseMetadata": {"HTTPStatusCode": 400},
            }
            return SimpleNamespace(status_code=400), response
        if model.output_shape is not None:
            validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200), answer
