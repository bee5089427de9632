"""What runs leave below `build/rehearsal` for later ones: whole, or not at all."""

import contextlib
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def digest(*inputs: object) -> str:
    """The name of what hangs on nothing but these inputs, and on the Python that runs.

    Args:
        inputs: as JSON has them.
    """
    text = json.dumps([*inputs, sys.version], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Store:
    """Folders by the digest of all that their content depends on.

    Attributes:
        folder: where they are; made when something is added.
        most: how many there are at most; the one used longest ago goes first.
    """

    folder: Path
    most: int

    def find(self, name: str) -> Path | None:
        """What is there under a name, which now counts as used."""
        there = self.folder / name
        if not there.is_dir():
            return None
        there.touch()
        return there

    def forget(self, name: str) -> None:
        """Let there be nothing under a name."""
        shutil.rmtree(self.folder / name, ignore_errors=True)

    @contextmanager
    def adding(self, name: str) -> Iterator[Path]:
        """A folder that is still to be made: at the end it is there under the name.

        Nothing is where the block fails, and whoever came first with the same has it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".") as scratch:
            made = Path(scratch) / name
            yield made
            with contextlib.suppress(OSError):
                made.rename(self.folder / name)
        self._prune()

    def _prune(self) -> None:
        ages: dict[Path, float] = {}
        for each in self.folder.glob("[!.]*"):
            # Another run may do the same now.
            with contextlib.suppress(FileNotFoundError):
                ages[each] = each.stat().st_mtime
        for each in sorted(ages, key=lambda each: ages[each])[: -self.most]:
            self.forget(each.name)
