from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orders.catalogue import CATALOGUE, Product
from orders.pricing import InvalidOrderError, Order, price

SHELF = {"A": Product(name="a", price_cents=199), "B": Product(name="b", price_cents=1)}


def order(*items: object) -> Order:
    return price({"items": list(items)}, order_id="1", catalogue=SHELF)


def test_an_order_costs_the_sum_of_its_lines() -> None:
    priced = order({"sku": "A", "quantity": 3}, {"sku": "B", "quantity": 99})

    assert [line.total_cents for line in priced.lines] == [597, 99]
    assert priced.total_cents == 696


@given(
    st.lists(
        st.fixed_dictionaries(
            {"sku": st.sampled_from(sorted(CATALOGUE)), "quantity": st.integers(1, 99)}
        ),
        min_size=1,
        max_size=20,
    )
)
def test_every_order_within_the_limits_is_priced_in_whole_cents(
    items: list[dict[str, Any]],
) -> None:
    document = price({"items": items}, order_id="1", catalogue=CATALOGUE).as_document()

    assert type(document["totalCents"]) is int
    assert document["totalCents"] == sum(line["totalCents"] for line in document["lines"])
    assert [
        {"sku": line["sku"], "quantity": line["quantity"]} for line in document["lines"]
    ] == items


@pytest.mark.parametrize("document", [None, [], "items", 1, {}, {"items": {}}, {"items": []}])
def test_what_is_no_order_is_refused(document: object) -> None:
    with pytest.raises(InvalidOrderError, match="the body must be"):
        price(document, order_id="1", catalogue=SHELF)


def test_more_than_twenty_lines_are_refused() -> None:
    order(*[{"sku": "A", "quantity": 1}] * 20)

    with pytest.raises(InvalidOrderError, match="1 to 20 items"):
        order(*[{"sku": "A", "quantity": 1}] * 21)


@pytest.mark.parametrize("quantity", [0, -1, 100, 1.0, True, "1", None, [1]])
def test_a_quantity_is_a_whole_number_from_1_to_99(quantity: object) -> None:
    with pytest.raises(InvalidOrderError, match=r"items\[1\]\.quantity must be .* 1 to 99"):
        order({"sku": "A", "quantity": 1}, {"sku": "A", "quantity": quantity})


@pytest.mark.parametrize("sku", ["C", "a", "", None, 1, ["A"], {"A": 1}])
def test_a_sku_is_one_of_the_catalogue(sku: object) -> None:
    with pytest.raises(InvalidOrderError, match=r"items\[0\]\.sku is not in the catalogue"):
        order({"sku": sku, "quantity": 1})


@pytest.mark.parametrize("item", [None, "A", ["A", 1], 1])
def test_an_item_is_an_object(item: object) -> None:
    with pytest.raises(InvalidOrderError, match=r"items\[0\] must be"):
        order(item)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_nothing_but_an_order_gets_through(value: object) -> None:
    with pytest.raises(InvalidOrderError):
        order(value)
