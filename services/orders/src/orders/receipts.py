"""Receipts: an order and its HMAC-SHA256, as text that fits into a URL.

A receipt is ``<order>.<signature>``, both url-safe base64 without padding (RFC 4648, section 5).
The signature covers the text of the first part, so that no two texts are the same receipt.
"""

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping

_SHAPE = re.compile(r"([A-Za-z0-9_-]{1,6000})\.([A-Za-z0-9_-]{43})")


class MalformedReceiptError(ValueError):
    """The text was never a receipt."""


class UnknownReceiptError(LookupError):
    """It looks like a receipt, and none of the keys made it."""


def sign(order: Mapping[str, object], key: bytes) -> str:
    """Make the receipt of an order."""
    text = json.dumps(order, separators=(",", ":"), sort_keys=True)
    payload = _encode(text.encode())
    return f"{payload}.{_signature(payload, key)}"


def verify(receipt: str, keys: Iterable[bytes]) -> dict[str, object]:
    """Give back the order of a receipt that one of the keys made.

    Raises:
        MalformedReceiptError: it is not of a receipt's form.
        UnknownReceiptError: no key verifies it.
    """
    shape = _SHAPE.fullmatch(receipt)
    if shape is None:
        raise MalformedReceiptError("not a receipt")
    payload, signature = shape.groups()
    genuine = [hmac.compare_digest(_signature(payload, key), signature) for key in keys]
    if not any(genuine):
        raise UnknownReceiptError("no such order")
    order: dict[str, object] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return order


def _signature(payload: str, key: bytes) -> str:
    return _encode(hmac.digest(key, payload.encode(), hashlib.sha256))


def _encode(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
