"""What goes into a build and what comes out of it: zip files, here or in S3."""

import hashlib
import io
import shutil
import stat
import subprocess
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rehearsal.world.inside.buildspec import Artifact
from rehearsal.world.inside.role_session import RoleSession

# The same files give the same zip.
_WHEN = (1980, 1, 1, 0, 0, 0)


# So many zips stay unpacked for the next build.
KEPT = 4
_UNPACKED: dict[bytes, Path] = {}
_UNPACKING = threading.Lock()


class NoFilesError(LookupError):
    """An artifact is to be put out and there is nothing to put in."""


@dataclass(frozen=True)
class Place:
    """An object in S3."""

    bucket: str
    key: str


def read(source: bytes | Place, session: RoleSession) -> bytes:
    """The content of a source, in S3 read as the role."""
    if isinstance(source, bytes):
        return source
    found = session.client("s3").get_object(Bucket=source.bucket, Key=source.key)
    content: bytes = found["Body"].read()
    return content


def write(place: Place, content: bytes, key: str, session: RoleSession) -> None:
    """Put an artifact there as the role, encrypted with the project's key."""
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
    session.client("s3").put_object(Bucket=place.bucket, Key=place.key, Body=content, **encryption)


def unpack(content: bytes, folder: Path) -> None:
    """Unpack a zip, with the permissions that it tells."""
    folder.mkdir(parents=True, exist_ok=True)
    # Builds of one release have the same source, and to copy files takes far less than to unpack
    # them: that holds up everything else in this process.
    with _UNPACKING:
        there = _unpacked(hashlib.sha256(content).digest(), content)
        subprocess.run(["cp", "-a", f"{there}/.", folder], check=True)  # noqa: S603, S607


def _unpacked(digest: bytes, content: bytes) -> Path:
    if digest not in _UNPACKED:
        folder = Path(tempfile.mkdtemp(prefix="unpacked-"))
        _extract(content, folder)
        _UNPACKED[digest] = folder
        if len(_UNPACKED) > KEPT:
            shutil.rmtree(_UNPACKED.pop(next(iter(_UNPACKED))), ignore_errors=True)
    return _UNPACKED[digest]


def _extract(content: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            mode = stat.S_IMODE(entry.external_attr >> 16)
            if mode and not entry.is_dir():
                path.chmod(mode | stat.S_IRUSR | stat.S_IWUSR)


def pack(artifact: Artifact, source: Path) -> bytes:
    """The artifact's files as a zip.

    Raises:
        NoFilesError: its folder is missing, or none of its files is there.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files(artifact, source):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.external_attr = path.stat().st_mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return content.getvalue()


def files(artifact: Artifact, source: Path) -> list[tuple[str, Path]]:
    """The artifact's files by the names under which they go out.

    Raises:
        NoFilesError: its folder is missing, or none of its files is there.
    """
    base = source / artifact.base_directory
    if not base.is_dir():
        raise NoFilesError(f"no matching base directory path found for {artifact.base_directory}")
    found = dict(sorted(_matching(artifact, base)))
    if not found:
        raise NoFilesError(f"no matching artifact paths found: {', '.join(artifact.files)}")
    return list(found.items())


def _matching(artifact: Artifact, base: Path) -> Iterator[tuple[str, Path]]:
    for pattern in artifact.files:
        for path in _glob(base, pattern):
            if path.is_file():
                relative = path.relative_to(base).as_posix()
                yield path.name if artifact.discard_paths else relative, path


def _glob(base: Path, pattern: str) -> Iterator[Path]:
    pattern = pattern.removeprefix("./")
    if Path(pattern).is_absolute():
        raise NoFilesError(f"{pattern}: the world takes files below the base directory only")
    # To Python `**` alone is folders only.
    yield from base.glob(f"{pattern}/*" if pattern.endswith("**") else pattern)
