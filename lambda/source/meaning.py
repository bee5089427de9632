"""What a finished build means for its pull request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from finished import Finished

APPROVE, REVOKE = "APPROVE", "REVOKE"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What to do; `approval` is empty where the build says nothing about the revision."""

    approval: str
    why: str


def decide(finished: Finished, pull: Mapping[str, Any]) -> Decision:
    """Decide by the build and by how the pull request stands now."""
    [target, *_] = pull["pullRequestTargets"]
    if finished.overridden:
        what = ", ".join(finished.overridden)
        return Decision(approval="", why=f"it ran with another {what} than its project's")
    if pull.get("pullRequestStatus") != "OPEN":
        return Decision(approval="", why="the pull request is closed")
    asked = finished.asked
    now = (pull.get("revisionId"), target.get("sourceCommit"))
    if now != (asked.revision, asked.source_commit):
        return Decision(approval="", why="the pull request has a newer revision")
    if finished.passed:
        return Decision(approval=APPROVE, why="it passed")
    if finished.status == "SUCCEEDED":
        return Decision(approval=REVOKE, why=f"it built {finished.built or 'an unknown commit'}")
    return Decision(approval=REVOKE, why=finished.failed or f"it ended as {finished.status}")


def comment(finished: Finished, decision: Decision) -> str:
    """Say it to the people of the pull request, in Markdown."""
    word = {APPROVE: "passed", REVOKE: "failed", "": "does not count"}[decision.approval]
    lines = [f"**Validation {word}** for {finished.asked.source_commit[:12]}"]
    if decision.approval != APPROVE:
        lines.append(f"Why: {decision.why}.")
    lines.append(f"Build: {finished.build} ({finished.status})")
    if finished.log:
        lines.append(f"[Log]({finished.log})")
    return "\n\n".join(lines)
