"""What the triggers of a declaration must be, and what of them the world cannot do.

CodePipeline User Guide, "Pipeline structure reference".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.declaration import connected
from rehearsal.world.inside.plugins.codepipeline.declared_stages import STRUCTURE, Wrong, twice
from rehearsal.world.inside.plugins.codepipeline.globs import is_glob

Declaration = Mapping[str, Any]


def wrong_triggers(declared: Declaration) -> Wrong:
    """Code and message of what is wrong with them."""
    triggers = [trigger["gitConfiguration"] for trigger in declared.get("triggers") or ()]
    if triggers and declared["pipelineType"] != "V2":
        yield STRUCTURE, "triggers need a pipeline of type V2"
    if name := twice(git["sourceActionName"] for git in triggers):
        yield STRUCTURE, f"two triggers are for the action {name}"
    fetching = {action["name"] for action in connected(declared)}
    for git in triggers:
        name = git["sourceActionName"]
        if name not in fetching:
            yield STRUCTURE, f"a trigger is for {name}, which has no connection"
        if git.get("pullRequest"):
            yield STRUCTURE, "the world has no triggers of pull requests"
        for push in git.get("push") or ():
            yield from _wrong_push(push, f"a push filter for {name}")


def _wrong_push(push: Mapping[str, Any], where: str) -> Wrong:
    if push.get("tags") and (push.get("branches") or push.get("filePaths")):
        yield STRUCTURE, f"{where} has tags, and branches or file paths"
    for pattern in _patterns(push):
        if not is_glob(pattern):
            yield STRUCTURE, f"{where}: {pattern} is no glob pattern"


def _patterns(push: Mapping[str, Any]) -> Iterator[str]:
    for criteria in push.values():
        for patterns in criteria.values():
            yield from patterns
