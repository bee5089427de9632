"""CodeCommit: real git repositories, its API, its events, `git push`, and the CloudFormation type.

Repositories are bare ones below the world's folder. The same calls and pushes give the same ids,
of commits as of repositories. Of the API there is what its operations below name; triggers
and merges other than fast-forward are missing, and asking for them is an error.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from rehearsal.world.inside.json_service import JsonService, Operation, register
from rehearsal.world.inside.plugins.codecommit import (
    approval_rules,
    branches,
    commits,
    files,
    pull_request_operations,
    repository_operations,
)
from rehearsal.world.inside.plugins.codecommit.git_door import open_git_door
from rehearsal.world.inside.plugins.codecommit.pull_requests import PullRequests
from rehearsal.world.inside.plugins.codecommit.repositories import repositories_of
from rehearsal.world.inside.plugins.codecommit.stack import resource_type
from rehearsal.world.inside.setting import Setting

MODULES = (repository_operations, branches, files, commits)


def install(world: Setting) -> None:
    """Let the world have CodeCommit."""
    repositories = repositories_of(world)
    pulls = PullRequests(repositories)
    world.memory.hold("codecommit", repositories, "_all", "_chances")
    world.memory.hold("codecommit pull requests", pulls, "chance", "_all", "_approvals")
    world.memory.hold(
        "codecommit approval templates", pulls.templates, "_chance", "_all", "_associated"
    )
    repositories.listeners.append(pulls.follow)
    operations: dict[str, Operation] = {
        name: partial(doing, repositories)
        for module in MODULES
        for name, doing in module.OPERATIONS.items()
    }
    for with_pulls in (pull_request_operations, approval_rules):
        for name, doing_with_pulls in with_pulls.OPERATIONS.items():
            operations[name] = partial(doing_with_pulls, pulls)
    operations |= pulls.templates.operations

    def resource(_operation: str, request: Mapping[str, Any]) -> str:
        if "resourceArn" in request:
            return str(request["resourceArn"])
        name = request.get("repositoryName") or request.get("oldName") or pulls.where(request)
        return repositories.arn(name) if name else "*"

    register(
        world,
        JsonService(
            name="codecommit",
            operations=operations,
            resource=resource,
            tags=lambda: [(each.arn, each.tags) for each in repositories.all()],
        ),
    )
    world.seams.wrap("app.app", lambda app: open_git_door(repositories, app))
    types = world.seams.get("provisioners._RESOURCE_HANDLERS")
    types["AWS::CodeCommit::Repository"] = resource_type(repositories)
    tagged = world.seams.get("provisioners._STACK_TAG_PROPERTY")
    tagged["AWS::CodeCommit::Repository"] = ("Tags", "list")
