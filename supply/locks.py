"""What a lock names: each package with its version and the digests that it may have.

Nothing here runs a command. Lines for another platform count as well: what is locked is audited,
wherever it may be installed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

PINNED = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(\[[^]]*\])?==(?P<version>[^\s;]+)(\s*;[^#]*)?"
)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class LockError(Exception):
    """A lock names something that is not one package of known bytes from the one index."""


@dataclass(frozen=True, kw_only=True, order=True)
class Locked:
    """One package of a lock.

    Attributes:
        name: its normalized name.
        version: its version.
        digests: the SHA-256 of each file that it may be installed from.
    """

    name: str
    version: str
    digests: tuple[str, ...]


def read(files: Iterable[Path]) -> list[Locked]:
    """Each package of the locks once, in order.

    Raises:
        LockError: there is no lock, one is missing, or a line of one names no pinned package with
            its hashes.
    """
    found = {each for file in files for each in parse(_text(file), str(file))}
    if not found:
        raise LockError("there is no lock to audit, or nothing in it")
    return sorted(found)


def parse(text: str, where: str) -> Iterator[Locked]:
    """The packages of one lock.

    Args:
        text: what stands in it.
        where: its name, for messages.

    Raises:
        LockError: a line names no pinned package with its hashes, or an index.
    """
    for line in text.replace("\\\n", " ").splitlines():
        said = line.partition(" #")[0].strip()
        if not said or said.startswith("#"):
            continue
        digests = tuple(sorted(HASH.findall(said)))
        requirement = HASH.sub("", said).strip()
        match = PINNED.fullmatch(requirement)
        if match is None or not digests:
            raise LockError(
                f"{where}: {requirement[:80]!r} is no package with one version and its hashes; "
                "lock it with uv pip compile --generate-hashes --no-emit-index-url"
            )
        name = canonicalize_name(match["name"])
        yield Locked(name=name, version=match["version"], digests=digests)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise LockError(f"{file}: {error.strerror}") from None
