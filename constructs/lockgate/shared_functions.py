"""What the functions are called that all pipelines of a delivery share."""

from dataclasses import dataclass
from typing import Self

FREEZE, REVIEW, SOAK = "freeze", "review", "soak"
ATTEST, CHECK_PROVENANCE = "attest", "check-provenance"
SIGN = "sign"


def function_name(delivery: str, kind: str) -> str:
    """The name of the function of a kind, which its role has as well."""
    return f"{delivery}-{kind}"


@dataclass(frozen=True, kw_only=True)
class SharedFunctions:
    """The functions, by name; one that signs if code is."""

    freeze: str
    review: str
    soak: str
    attest: str
    check_provenance: str
    sign: str | None = None

    @classmethod
    def of(cls, delivery: str, *, signs: bool) -> Self:
        """Those of a delivery.

        Args:
            delivery: its name.
            signs: whether its code is signed.
        """
        return cls(
            freeze=function_name(delivery, FREEZE),
            review=function_name(delivery, REVIEW),
            soak=function_name(delivery, SOAK),
            attest=function_name(delivery, ATTEST),
            check_provenance=function_name(delivery, CHECK_PROVENANCE),
            sign=function_name(delivery, SIGN) if signs else None,
        )
