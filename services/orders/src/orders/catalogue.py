"""What the shop sells. Every amount is in integer cents."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Product:
    """One thing on the shelf."""

    name: str
    price_cents: int


CATALOGUE: Mapping[str, Product] = MappingProxyType(
    {
        "FENDER-ROPE": Product(name="Rope fender", price_cents=1850),
        "LAMP-TUNNEL": Product(name="Tunnel lamp", price_cents=6400),
        "LINE-10M": Product(name="Mooring line, 10 m", price_cents=2275),
        "PIN-MOORING": Product(name="Mooring pin", price_cents=799),
        "WINDLASS": Product(name="Lock windlass", price_cents=1495),
    }
)
