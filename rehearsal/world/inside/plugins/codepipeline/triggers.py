"""What a push to a repository behind a connection starts.

CodePipeline User Guide, "Automate starting pipelines using triggers and filtering". The push is
one to the CodeCommit repository that stands in for the provider's.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from rehearsal.world.inside.plugins.codecommit.repositories import Change, repositories_of
from rehearsal.world.inside.plugins.codecommit.repository import Repository
from rehearsal.world.inside.plugins.codepipeline.declaration import connected
from rehearsal.world.inside.plugins.codepipeline.globs import fits
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.plugins.codepipeline.starting import start_at
from rehearsal.world.inside.stand_in import stand_in
from rehearsal.world.inside.work import start

EVERYTHING = ("**",)
# A trigger that filters nothing.
_ANY: tuple[Mapping[str, Any], ...] = ({},)
Record = Mapping[str, Any]


def listen(pipelines: Pipelines) -> None:
    """Start pipelines from now on."""

    def told(repository: Repository, changes: Sequence[Change], _caller: str) -> None:
        for change in changes:
            if "commitId" in change:
                _on(pipelines, repository, change)

    repositories_of(pipelines.world).listeners.append(told)


def _on(pipelines: Pipelines, repository: Repository, change: Change) -> None:
    files = _changed(repository, change)
    for pipeline in pipelines.everywhere():
        if (pipeline.account, pipeline.region) != (repository.account, repository.region):
            continue
        for action in connected(pipeline.declared):
            told = action["configuration"]
            if stand_in(told["FullRepositoryId"]) == repository.name and _starts(
                pipeline.declared, action, change, files
            ):
                commit, trigger = change["commitId"], told["ConnectionArn"]
                # On a thread of its own, as the pipeline asks the repository at once.
                start(
                    pipelines.world,
                    f"trigger {pipeline.name}",
                    partial(start_at, pipeline, action["name"], commit, trigger),
                )


def _starts(declared: Record, action: Record, change: Change, files: Sequence[str]) -> bool:
    """By a trigger for the action, else by the branch, unless the action says that it is not."""
    told: list[Record] = [
        push
        for trigger in declared.get("triggers") or ()
        if (git := trigger["gitConfiguration"])["sourceActionName"] == action["name"]
        for push in git.get("push") or _ANY
    ]
    if any(_fits(push, change, files) for push in told):
        return True
    configuration = action["configuration"]
    detects = str(configuration.get("DetectChanges", "true")).lower() == "true"
    branch = ("branch", configuration["BranchName"])
    return not told and detects and (change["referenceType"], change["referenceName"]) == branch


def _fits(push: Record, change: Change, files: Sequence[str]) -> bool:
    name = change["referenceName"]
    if change["referenceType"] == "tag":
        return bool(push.get("tags")) and _passes(push["tags"], [name])
    if push.get("tags"):
        return False
    return _passes(push.get("branches") or {}, [name]) and _passes(
        push.get("filePaths") or {}, files
    )


def _passes(criteria: Record, texts: Sequence[str]) -> bool:
    """Whether one of the texts is included and not excluded."""
    includes = criteria.get("includes") or EVERYTHING
    excludes = criteria.get("excludes") or ()
    return any(fits(text, includes) and not fits(text, excludes) for text in texts)


def _changed(repository: Repository, change: Change) -> list[str]:
    """The files that a push changes; all of them where it makes the branch."""
    git = repository.git
    before = git.tree(git.find(change["oldCommitId"]) if "oldCommitId" in change else None)
    after = git.tree(git.find(change["commitId"]))
    paths = sorted(before.keys() | after.keys())
    return [path for path in paths if before.get(path) != after.get(path)]
