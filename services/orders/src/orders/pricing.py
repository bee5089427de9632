"""From what a customer asks for to what it costs: pure, no clock, no network."""

from collections.abc import Mapping
from dataclasses import dataclass

from .catalogue import Product

MAX_LINES = 20
MAX_QUANTITY = 99


class InvalidOrderError(ValueError):
    """The customer can repair this: the message says what, where and what is allowed."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One product, so many times."""

    sku: str
    quantity: int
    unit_cents: int

    @property
    def total_cents(self) -> int:
        """Quantity times unit price."""
        return self.quantity * self.unit_cents


@dataclass(frozen=True, kw_only=True)
class Order:
    """A priced order."""

    order_id: str
    lines: tuple[Line, ...]

    @property
    def total_cents(self) -> int:
        """The sum over all lines."""
        return sum(line.total_cents for line in self.lines)

    def as_document(self) -> dict[str, object]:
        """Return the order as it appears in answers and inside receipts."""
        return {
            "orderId": self.order_id,
            "lines": [
                {
                    "sku": line.sku,
                    "quantity": line.quantity,
                    "unitCents": line.unit_cents,
                    "totalCents": line.total_cents,
                }
                for line in self.lines
            ],
            "totalCents": self.total_cents,
        }


def price(document: object, *, order_id: str, catalogue: Mapping[str, Product]) -> Order:
    """Check a request body, already read as JSON, and price it.

    Raises:
        InvalidOrderError: the body is not an order that this shop can fill.
    """
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_LINES:
        raise InvalidOrderError(f'the body must be {{"items": [...]}} with 1 to {MAX_LINES} items')
    lines = tuple(_line(item, f"items[{at}]", catalogue) for at, item in enumerate(items))
    return Order(order_id=order_id, lines=lines)


def _line(item: object, where: str, catalogue: Mapping[str, Product]) -> Line:
    if not isinstance(item, dict):
        raise InvalidOrderError(f'{where} must be {{"sku": ..., "quantity": ...}}')
    sku, quantity = item.get("sku"), item.get("quantity")
    if not isinstance(sku, str) or sku not in catalogue:
        raise InvalidOrderError(f"{where}.sku is not in the catalogue: see GET /catalogue")
    # To Python, true is the number 1. To a customer it is a mistake.
    if type(quantity) is not int or not 1 <= quantity <= MAX_QUANTITY:
        raise InvalidOrderError(f"{where}.quantity must be a whole number from 1 to {MAX_QUANTITY}")
    return Line(sku=sku, quantity=quantity, unit_cents=catalogue[sku].price_cents)
