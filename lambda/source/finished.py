"""A finished validation build: what it was asked, how it ended, and whether that counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from revision import Revision

# What StartBuild can override, and would let a build judge by other commands, in another image or
# with other rights than its project has.
_OF_THE_PROJECT: Final = (
    ("source", "buildspec"),
    ("source", "location"),
    ("source", "type"),
    ("environment", "image"),
    ("environment", "privilegedMode"),
    ("environment", "type"),
    ("serviceRole",),
)
# "Build phase transitions": a phase that did not end well has one of these.
_GOOD: Final = ("SUCCEEDED", None)
_MESSAGE_CHARACTERS: Final = 500


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A build as CodeBuild describes it.

    Attributes:
        build: its id.
        asked: the revision that it was to validate.
        built: the commit that it built.
        status: as CodeBuild says.
        failed: the first phase that failed, with its message; empty where none did.
        log: a link to its log, empty where it has none.
        overridden: what of the project did not hold for it.
    """

    build: str
    asked: Revision
    built: str
    status: str
    failed: str
    log: str
    overridden: tuple[str, ...]

    @classmethod
    def of(cls, build: Mapping[str, Any], project: Mapping[str, Any]) -> Self:
        """Read a build, and compare it with its project.

        Raises:
            UnreadableRevisionError: the build was not started for a pull request.
        """
        variables = build.get("environment", {}).get("environmentVariables", [])
        return cls(
            build=str(build["id"]),
            asked=Revision.of_variables({v["name"]: v["value"] for v in variables}),
            built=str(build.get("resolvedSourceVersion", "")),
            status=str(build["buildStatus"]),
            failed=_first_failure(build.get("phases", [])),
            log=str(build.get("logs", {}).get("deepLink", "")),
            overridden=tuple(
                ".".join(path) for path in _OF_THE_PROJECT if _at(build, path) != _at(project, path)
            ),
        )

    @property
    def passed(self) -> bool:
        """Whether the commit that was asked for was built, and all went well."""
        return self.status == "SUCCEEDED" and self.built == self.asked.source_commit


def _at(described: Mapping[str, Any], path: tuple[str, ...]) -> object:
    found: Any = described
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found or None


def _first_failure(phases: list[Mapping[str, Any]]) -> str:
    for phase in phases:
        if phase.get("phaseStatus") not in _GOOD:
            said = [str(context.get("message", "")) for context in phase.get("contexts", [])]
            message = " ".join(filter(None, said))[:_MESSAGE_CHARACTERS]
            return f"{phase['phaseType']}: {message}" if message else str(phase["phaseType"])
    return ""
