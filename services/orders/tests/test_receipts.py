from base64 import urlsafe_b64encode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from orders.receipts import MalformedReceiptError, UnknownReceiptError, sign, verify

KEY, OTHER_KEY = b"k" * 40, b"o" * 40
REFUSED = (MalformedReceiptError, UnknownReceiptError)
URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ORDER = {"orderId": "1", "lines": [{"sku": "WINDLASS", "quantity": 2}], "totalCents": 2990}
RECEIPT = sign(ORDER, KEY)

# Few and short parts: thousands of characters drawn one by one would be most of the tests' time.
orders = st.fixed_dictionaries({"orderId": st.text(max_size=8), "totalCents": st.integers()})
keys = st.binary(min_size=32, max_size=64)


@given(order=orders, key=keys)
def test_a_receipt_gives_its_order_back(order: dict[str, object], key: bytes) -> None:
    assert verify(sign(order, key), [key]) == order


@given(order=orders)
def test_a_receipt_fits_into_a_path(order: dict[str, object]) -> None:
    assert set(sign(order, KEY)) <= {*URL_SAFE, "."}


def test_any_of_the_keys_may_have_signed() -> None:
    assert verify(RECEIPT, [OTHER_KEY, KEY]) == ORDER


@given(order=orders, key=keys, other=keys)
def test_another_key_opens_nothing(order: dict[str, object], key: bytes, other: bytes) -> None:
    assume(key != other)

    with pytest.raises(UnknownReceiptError):
        verify(sign(order, key), [other])


def test_no_key_opens_nothing() -> None:
    with pytest.raises(UnknownReceiptError):
        verify(RECEIPT, [])


@given(at=st.integers(0, len(RECEIPT) - 1), character=st.sampled_from(URL_SAFE + ".=~é\n"))
def test_a_changed_character_is_refused(at: int, character: str) -> None:
    assume(RECEIPT[at] != character)

    with pytest.raises(REFUSED):
        verify(RECEIPT[:at] + character + RECEIPT[at + 1 :], [KEY])


@given(
    at=st.integers(0, len(RECEIPT)), text=st.text(st.sampled_from(URL_SAFE + "=. \n"), min_size=1)
)
def test_an_added_text_is_refused(at: int, text: str) -> None:
    with pytest.raises(REFUSED):
        verify(RECEIPT[:at] + text + RECEIPT[at:], [KEY])


@given(start=st.integers(0, len(RECEIPT)), end=st.integers(0, len(RECEIPT)))
def test_a_part_of_a_receipt_is_refused(start: int, end: int) -> None:
    assume((start, end) != (0, len(RECEIPT)))

    with pytest.raises(REFUSED):
        verify(RECEIPT[start:end], [KEY])


@given(first=orders, second=orders)
def test_a_signature_belongs_to_one_order(
    first: dict[str, object], second: dict[str, object]
) -> None:
    assume(first != second)
    payload, signature = sign(first, KEY).split(".")[0], sign(second, KEY).split(".")[1]

    with pytest.raises(UnknownReceiptError):
        verify(f"{payload}.{signature}", [KEY])


@given(text=st.text())
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(REFUSED):
        verify(text, [KEY])


@given(payload=st.binary(min_size=1, max_size=45), signature=st.binary(min_size=32, max_size=32))
def test_an_invented_receipt_is_refused(payload: bytes, signature: bytes) -> None:
    parts = (urlsafe_b64encode(part).rstrip(b"=").decode() for part in (payload, signature))

    with pytest.raises(REFUSED):
        verify(".".join(parts), [KEY])


def test_the_signature_is_what_openssl_makes_of_the_first_part() -> None:
    # printf eyJhIjoxfQ | openssl dgst -sha256 -hmac $(printf k%.0s {1..32}) -binary | base64
    assert sign({"a": 1}, b"k" * 32) == "eyJhIjoxfQ.zBR4_y2gA0hiiT2HB0sV7Q5CxIZ699OjFmhXZvWG0IM"
