"""Customers who ask for what a service's contract has, where no scenario says better."""

import json
from pathlib import Path

from pydantic import ValidationError

from rehearsal.scenarios.reading import FileError
from rehearsal.traffic import Kind, Request, TrafficProfile

OK = 200


def from_contract(contract: Path, per_second: float, slow_ms: float) -> TrafficProfile:
    """As many of each case as of any other.

    Args:
        contract: the service's contract.json.
        per_second: how many requests a second.
        slow_ms: how long a customer waits before calling it slow.

    Raises:
        FileError: the contract has no case that can be asked for.
    """
    try:
        cases = json.loads(contract.read_text(encoding="utf-8"))["cases"]
        kinds = [
            Kind(
                name=f"case {number}",
                request=Request.model_validate(case["request"]),
                expect_status=case["expect"].get("status", OK),
            )
            for number, case in enumerate(cases, start=1)
        ]
        return TrafficProfile(requests_per_second=per_second, slow_ms=slow_ms, kinds=kinds)
    except (OSError, LookupError, TypeError, ValueError, ValidationError) as error:
        raise FileError(
            f"{contract}: no customers can be made of it: {error}\n"
            "  to do: repair the contract, or give the scenario a traffic file"
        ) from None
