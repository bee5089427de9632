"""Have the code of a release signed, before it is attested.

What functions take only signed is signed, the rest goes through as it is. Under the same names,
so that templates find what they look for.
"""

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, Final, Self

import clients
import clock
import log
import parameters
import signable
import turn
from asked import EXECUTION, PIPELINE
from built import ASSEMBLY, ASSETS, SIGNED
from deadline import Context, Deadline, OutOfTimeError
from job import Job
from outcome import Done, Later
from signature import AlteredError, require_only_signed
from signer import Attempt, Signer, UnsignedError
from stored import Stored
from subjects import UNREADABLE, ArchiveError
from turn import RefusedError

# What fits into the function's memory besides one package and its signed copy.
MOST_BYTES: Final = 150 * 1024 * 1024
# AWS Signer takes seconds.
MOST_MINUTES: Final = 30
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
GO_ON: Final = "Nothing was published. What to do: docs/supply-chain.md"


@dataclass(frozen=True, kw_only=True)
class _Wait:
    """Since when an attempt has waited, and what tells it from others: the job it began with."""

    attempt: str
    since: datetime

    @classmethod
    def of(cls, job: Job) -> Self:
        if not job.token:
            return cls(attempt=job.id, since=clock.now())
        match job.token:
            case {"attempt": str(attempt), "since": str(since)}:
                try:
                    return cls(attempt=attempt, since=datetime.fromisoformat(since))
                except ValueError:
                    pass
        raise RefusedError("The release cannot be signed: the token of the last turn is not ours")

    def later(self, left: list[str]) -> Later:
        if clock.now() - self.since > timedelta(minutes=MOST_MINUTES):
            raise UnsignedError(f"{left[0]} was not signed in {MOST_MINUTES} minutes")
        token = {"attempt": self.attempt, "since": self.since.isoformat()}
        return Later(summary=f"{len(left)} packages are being signed", token=token)


def handle(event: object, context: Context) -> dict[str, str]:
    """Have the code of a release signed."""
    return turn.run(event, context, decide)


def decide(job: Job, deadline: Deadline) -> Done | Later:
    """Put out the signed packages, or wait for them.

    Raises:
        RefusedError: one is not signed, or that cannot be known.
        ParametersError: the action does not say which release.
    """
    parameters.names(job.parameters, needed=["pipeline", "execution"])
    wait = _Wait.of(job)
    attempt = Attempt(
        pipeline=parameters.text(job.parameters, "pipeline", PIPELINE),
        execution=parameters.text(job.parameters, "execution", EXECUTION),
        id=wait.attempt,
        is_first=not job.token,
    )
    try:
        stored = Stored(job, deadline)
        stored.require(inputs={ASSEMBLY, ASSETS}, outputs={SIGNED})
        with stored.opened(ASSEMBLY) as content:
            wanted = signable.packages(content)
        with stored.opened(ASSETS) as content:
            made, left = _signed(content, wanted, Signer(attempt, deadline))
        if left:
            return wait.later(left)
        stored.write(SIGNED, made)
    except (
        ArchiveError,
        AlteredError,
        OutOfTimeError,
        UnsignedError,
        *UNREADABLE,
        *clients.FAILURES,
    ) as error:
        raise RefusedError(f"The release cannot be signed: {error}. {GO_ON}") from error
    log.step("signed", packages=sorted(wanted), execution=attempt.execution)
    return Done(summary=f"{len(wanted)} packages are signed")


def _signed(assets: BinaryIO, wanted: frozenset[str], signer: Signer) -> tuple[bytes, list[str]]:
    """The artifact with each wanted package signed, and which of them are not yet.

    Raises:
        ArchiveError: the assets are too large, or one that is wanted is not there.
        AlteredError, UnsignedError: AWS Signer has not done just what it was asked.
        BotoCoreError, ClientError, OutOfTimeError: AWS could not be asked.
    """
    if assets.seek(0, io.SEEK_END) > MOST_BYTES:
        raise ArchiveError(f"{MOST_BYTES} bytes of {ASSETS} can be signed, and these are more")
    made, left = io.BytesIO(), list[str]()
    with zipfile.ZipFile(assets) as given, zipfile.ZipFile(made, "w") as archive:
        names = given.namelist()
        if missing := sorted(wanted - set(names)):
            raise ArchiveError(f"the artifact {ASSETS} does not hold {missing[0]}")
        if len(set(names)) != len(names):
            raise ArchiveError(f"the artifact {ASSETS} has two files of one name")
        for name in sorted(names):
            package = given.read(name)
            if name in wanted:
                signed = signer.signed(name, package)
                if signed is None:
                    left.append(name)
                    continue
                require_only_signed(name, package, signed)
                package = signed
            # As a zip is packed already, so is what holds it.
            archive.writestr(zipfile.ZipInfo(name, EPOCH), package)
    return made.getvalue(), left
