"""A package's signature: in one more file of the zip, as AWS Signer has it.

AWS's is made with a certificate, in CMS; this one is a code over the same files, with a key that
only the world has. What it states is the same: who signed what.
"""

import hashlib
import hmac
import io
import json
import zipfile

FOLDER = "META_INF/"
FILE = f"{FOLDER}aws_signer_signature_v1.0.SF"


class NotSignedError(ValueError):
    """There is no signature, or it is not over this."""


def signed(package: bytes, *, publisher: str, job: str, key: bytes) -> bytes:
    """The package with a signature.

    Args:
        package: a zip.
        publisher: the ARN of the profile's version.
        job: the job's ARN.
        key: signs.

    Raises:
        zipfile.BadZipFile: it is no zip.
    """
    claims = {"digest": _digest(package), "publisher": publisher, "job": job}
    text = json.dumps(claims, sort_keys=True)
    content = io.BytesIO(package)
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(zipfile.ZipInfo(FOLDER), b"")
        archive.writestr(
            zipfile.ZipInfo(FILE), json.dumps({"claims": text, "mac": _mac(text, key)})
        )
    return content.getvalue()


def publisher(package: bytes, key: bytes) -> str:
    """Who has signed a package.

    Raises:
        NotSignedError: nobody, or it was changed since.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            found = json.loads(archive.read(FILE))
    except (KeyError, ValueError, zipfile.BadZipFile):
        raise NotSignedError("Check the provided signature: the package is not signed") from None
    text = str(found["claims"])
    claims = json.loads(text)
    right = hmac.compare_digest(str(found["mac"]), _mac(text, key))
    if not right or claims["digest"] != _digest(package):
        raise NotSignedError("The code signature failed the integrity check")
    return str(claims["publisher"])


def _digest(package: bytes) -> str:
    found = hashlib.sha384()
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        for entry in archive.infolist():
            if entry.filename not in (FOLDER, FILE):
                found.update(entry.filename.encode() + archive.read(entry))
    return found.hexdigest()


def _mac(text: str, key: bytes) -> str:
    return hmac.new(key, text.encode(), "sha384").hexdigest()
