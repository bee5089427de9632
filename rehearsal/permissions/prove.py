"""The proof: a release for each statement, without it."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rehearsal.adapted import adapt
from rehearsal.permissions import reasons as given
from rehearsal.permissions.courses import COURSES
from rehearsal.permissions.played import SUCCEEDED, Played
from rehearsal.permissions.proving import Orders, Proving
from rehearsal.permissions.rest import UnsettledError
from rehearsal.permissions.shortened import shortened, with_build_secret
from rehearsal.permissions.verdict import Tried
from rehearsal.set_up import set_up
from rehearsal.snapshot import Audience
from rehearsal.warm import KEPT

EVERY = "*"


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What was proved.

    Attributes:
        tried: each statement.
        whole: what became of each course with every statement in place.
        findings: what is wrong.
        seconds: how long it took.
    """

    tried: tuple[Tried, ...]
    whole: dict[str, Played]
    findings: tuple[str, ...]
    seconds: float


def prove(orders: Orders, audience: Audience) -> Proof:
    """Set the delivery up, release it, and then once more for each statement, without it.

    Raises:
        FileError: the file of reasons cannot be used.
        RoleError: no role has such a name.
        PolicyError: a policy in IAM is another than in the template.
        UnsettledError: a release leaves the world in no state for the next one.
        DeliveryError, WarmError, WorldError, SourceError, SynthError, CdkError, StuckError,
        FirstReleaseError: as the parts of the rehearsal say.
    """
    began, reasons = time.monotonic(), given.load()
    # Inside of the checkout, as a delivery file must be.
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="permissions-", dir=KEPT) as scratch:
        tried, whole = _try_all(orders, audience, Path(scratch))
    denied = [
        f"{name}: {each.role} is denied {each.action} with every statement in place"
        for name, played in whole.items()
        for each in played.refused
    ]
    every = orders.role == EVERY
    return Proof(
        tried=tried,
        whole=whole,
        findings=(*denied, *given.findings(tried, reasons, every=every)),
        seconds=round(time.monotonic() - began, 1),
    )


def _try_all(
    orders: Orders, audience: Audience, scratch: Path
) -> tuple[tuple[Tried, ...], dict[str, Played]]:
    changes = shortened(orders.delivery_file, orders.service)
    short = adapt(orders.delivery_file, changes, scratch / "delivery.toml", by_name=False)
    with set_up(short, audience, seed=orders.seed, folder=orders.folder) as made:
        proving = Proving(made, orders, audience)
        whole_file = adapt(short, with_build_secret(short), scratch / "whole.toml", by_name=False)
        proving.release_first(whole_file, scratch / "artifacts")
        wanted = proving.wanted()
        whole = proving.play_whole(wanted[0])
        if (good := whole[COURSES[0].name].outcome).status != SUCCEEDED:
            raise UnsettledError(
                f"{COURSES[0].name} is {good.status} at {good.place} with every statement in "
                "place: nothing can be proved with it"
            )
        tried = tuple(
            proving.attempt(each, whole, f"{number} of {len(wanted)}")
            for number, each in enumerate(wanted, 1)
        )
        return tried, whole
