"""Scenarios: what is released, what meets it, and what should come of it; as data in a folder.

>>> scenario = load(Path("scenarios/slow"))
>>> [release.name for release in scenario.releases]

A folder holds `scenario.toml`, the traffic files and the patches (or folders) that it names. The
bundled ones stand in rehearsal/scenarios/, one folder each; a user's own folder has the same form.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from rehearsal.scenarios.model import Expected, Release, ScenarioFile
from rehearsal.scenarios.reading import FileError, read
from rehearsal.traffic import TrafficProfile

__all__ = ["Expected", "FileError", "Release", "Scenario", "ScenarioFile", "bundled", "load"]

BUNDLED = Path(__file__).parent / "scenarios"
FILE = "scenario.toml"
BLANK = re.compile(r"@@([A-Z][A-Z0-9_]*)@@")


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A scenario, read and complete.

    Attributes:
        name: that of its folder.
        folder: where its files are.
        told: what its file says.
        traffic: what customers do, for each environment that has some.
    """

    name: str
    folder: Path
    told: ScenarioFile
    traffic: dict[str, TrafficProfile]

    @property
    def releases(self) -> list[Release]:
        """What is released, in order."""
        return self.told.releases

    def patch(self, release: Release) -> str:
        """The text of a release's patch with its blanks filled; empty where it has a folder."""
        if release.patch is None:
            return ""
        text = (self.folder / release.patch).read_text(encoding="utf-8")
        return BLANK.sub(lambda blank: "".join(release.fill[blank[1]]), text)


def load(folder: Path) -> Scenario:
    """Read a scenario.

    Raises:
        FileError: a file is missing or cannot be used; the message names it and what is wrong.
    """
    told = read(folder / FILE, ScenarioFile)
    for at, release in enumerate(told.releases):
        _check_files(folder, f"releases[{at}]", release)
    traffic = {
        environment: TrafficProfile.load(folder / name)
        for environment, name in told.traffic.items()
    }
    name = folder.resolve().name
    return Scenario(name=name, folder=folder, told=told, traffic=traffic)


def bundled() -> dict[str, Scenario]:
    """The scenarios that come with the rehearsal, by name."""
    return {file.parent.name: load(file.parent) for file in sorted(BUNDLED.glob(f"*/{FILE}"))}


def _check_files(folder: Path, place: str, release: Release) -> None:
    file = folder / FILE
    if release.commit is not None:
        if not (folder / release.commit).is_dir():
            raise FileError(f"{file}: {place}.commit = {release.commit!r}: no such folder there")
        return
    patch = folder / str(release.patch)
    try:
        text = patch.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise FileError(f"{file}: {place}.patch = {release.patch!r}: not readable") from error
    blanks = set(BLANK.findall(text))
    if blanks != set(release.fill):
        raise FileError(
            f"{file}: {place}.fill has {sorted(release.fill)}; the patch has blanks for "
            f"{sorted(blanks)}"
        )
