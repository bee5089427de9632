"""What the builds of a world find there, as CodeBuild's find what their image and cache hold."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

# In a variable's value it stands for the folder of the build's source.
SOURCE = "{source}"


@dataclass(frozen=True, kw_only=True)
class BuildImage:
    """A build's machine.

    Attributes:
        variables: set for every build, unless it sets them itself.
        cache: files and folders of this machine that appear in the source, by their place there;
            builds must not write to them.
        locks: the SHA-256, in hexadecimal, of files in the source: the cache is of use only where
            all of them are as here.
        stamp: a file that is made in the source with the cache, so that `make` takes it for new.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    cache: Mapping[str, str] = field(default_factory=dict)
    locks: Mapping[str, str] = field(default_factory=dict)
    stamp: str = ""

    def variables_for(self, source: Path) -> dict[str, str]:
        """The variables of a build with its source in that folder."""
        return {name: value.replace(SOURCE, str(source)) for name, value in self.variables.items()}

    def lay_cache(self, source: Path) -> bool:
        """Let the cache appear in a source; whether it is of use there."""
        if not self.cache or digests(source, self.locks) != dict(self.locks):
            return False
        for place, there in self.cache.items():
            link = source / place
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(there)
        if self.stamp:
            (source / self.stamp).touch()
        return True


def digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The SHA-256, in hexadecimal, of those of the files that are there."""
    files = {name: folder / name for name in names}
    return {
        name: hashlib.sha256(file.read_bytes()).hexdigest()
        for name, file in files.items()
        if file.is_file()
    }
