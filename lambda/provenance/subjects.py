"""What a release consists of, by name and SHA-256: its artifacts and what lies in them.

Nothing here asks AWS.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO, BinaryIO, Final

CHUNK: Final = 1024 * 1024
# What of an artifact is named by itself: what CloudFormation is given, and what it deploys.
INSIDE: Final = {
    "assembly": ".template.json",
    "assets": ".zip",
    "signed": ".zip",
    "evidence": "",
}

UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    RuntimeError,
)

Subjects = Mapping[str, str]


class ArchiveError(ValueError):
    """An artifact is no zip whose content has one meaning."""


def of_artifact(name: str, content: BinaryIO) -> Subjects:
    """The SHA-256 of an artifact under its name, and of its parts under `name/path`.

    Args:
        name: one of `INSIDE`.
        content: the artifact, which can be read twice.

    Raises:
        ArchiveError: it is no zip, or has two files of one name.
    """
    found = {name: _sha256(content)}
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            names = [each.filename for each in entries]
            if twice := sorted({each for each in names if names.count(each) > 1}):
                raise ArchiveError(f"the artifact {name} has two files {twice[0]}")
            for entry in entries:
                if entry.filename.endswith(INSIDE[name]):
                    with archive.open(entry) as part:
                        found[f"{name}/{entry.filename}"] = _sha256(part)
    except UNREADABLE as error:
        raise ArchiveError(f"the artifact {name} is no zip that can be read: {error}") from error
    return found


def _sha256(content: IO[bytes]) -> str:
    found = hashlib.sha256()
    while chunk := content.read(CHUNK):
        found.update(chunk)
    return found.hexdigest()
