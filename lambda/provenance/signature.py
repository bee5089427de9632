"""Whether what AWS Signer gave back is what it was given, and a signature: nothing here asks AWS.

It does not say who has signed: that Lambda does, when the code is deployed.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Final

from subjects import UNREADABLE, ArchiveError

# Where AWS Signer puts the signature of a zip: META_INF/aws_signer_signature_v1.0.SF.
ADDED: Final = ("META_INF/", "META-INF/")


class AlteredError(ValueError):
    """More, or something else, was done to a package than signing it."""


def require_only_signed(name: str, given: bytes, signed: bytes) -> None:
    """See that a package holds just what it held, and a signature.

    Raises:
        AlteredError: it does not.
        ArchiveError: one of the two is no zip.
    """
    before, after = _files(name, given), _files(name, signed)
    added = {path for path in after if path not in before}
    for path, digest in before.items():
        if after.get(path) != digest:
            raise AlteredError(f"{name}: {path} is not what it was before it was signed")
    if strange := sorted(path for path in added if not path.startswith(ADDED)):
        raise AlteredError(f"{name}: {strange[0]} was not there before it was signed")
    if not any(not path.endswith("/") for path in added):
        raise AlteredError(f"{name}: it holds no signature")


def _files(name: str, content: bytes) -> Mapping[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            found = {each.filename: _sha256(archive.read(each)) for each in entries}
    except UNREADABLE as error:
        raise ArchiveError(f"{name} is no zip that can be read: {error}") from error
    if len(found) != len(entries):
        raise AlteredError(f"{name}: two files have one name")
    return found


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
