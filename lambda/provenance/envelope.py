"""A signed envelope around a statement, in the form of DSSE 1.0: nothing here asks AWS.

https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Final, Self

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
_VERSION: Final = "DSSEv1"


class EnvelopeError(ValueError):
    """It is no envelope around a statement with just one signature."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A payload and the one signature over it.

    Attributes:
        payload: the statement's bytes, as they were signed.
        key: what the signature says that it was made with; a hint, which proves nothing.
        signature: over `digest`.
    """

    payload: bytes
    key: str
    signature: bytes

    @property
    def digest(self) -> bytes:
        """What is signed: the SHA-256 of the payload and its type."""
        return digest(self.payload)

    def as_bytes(self) -> bytes:
        """The envelope as one line of JSON."""
        signature = {"keyid": self.key, "sig": _text(self.signature)}
        found = {
            "payload": _text(self.payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [signature],
        }
        return json.dumps(found, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Read an envelope.

        Raises:
            EnvelopeError: it is none.
        """
        try:
            found = json.loads(content)
        except ValueError:
            raise EnvelopeError("the provenance is no JSON") from None
        match found:
            case {
                "payload": str(payload),
                "payloadType": str(kind),
                "signatures": [{"keyid": str(key), "sig": str(signature)}],
            } if len(found) == 3:  # noqa: PLR2004 the three above and no other
                if kind != PAYLOAD_TYPE:
                    raise EnvelopeError(f"the payload is {kind!r}, not {PAYLOAD_TYPE}")
                return cls(payload=_bytes(payload), key=key, signature=_bytes(signature))
        raise EnvelopeError("the provenance is no DSSE envelope with one signature")


def digest(payload: bytes) -> bytes:
    """The SHA-256 of DSSE's pre-authentication encoding of a statement."""
    kind = PAYLOAD_TYPE.encode()
    head = f"{_VERSION} {len(kind)} ".encode()
    return hashlib.sha256(head + kind + f" {len(payload)} ".encode() + payload).digest()


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise EnvelopeError("the envelope holds what is no base64") from None
