"""Attest a release: say how it was built, as AWS has recorded it, and sign that.

The builds have no part in it: they can neither call this function nor use its key, and nothing
that they write is believed. What they put out is measured here.
"""

import io
import zipfile
from functools import partial
from typing import Final

import asked
import aws
import clients
import history
import log
import reach
import turn
from asked import Asked
from built import (
    ASSETS,
    PACKAGE,
    PUTS,
    SIGNED,
    Attempt,
    Build,
    Place,
    UnprovenError,
    attempt,
    revision,
    signed_place,
)
from deadline import Context, Deadline
from envelope import Envelope, digest
from job import Job
from outcome import Done
from statement import Provenance
from stored import Stored
from subjects import ArchiveError
from turn import RefusedError

ARTIFACT: Final = "provenance"
# As in-toto calls a file of envelopes, one a line.
FILE: Final = "provenance.intoto.jsonl"
ALGORITHM: Final = "ECDSA_SHA_256"
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
TAKES: Final = {name for names in PUTS.values() for name in names}


def handle(event: object, context: Context) -> dict[str, str]:
    """Attest a release."""
    return turn.run(event, context, decide)


def decide(job: Job, deadline: Deadline) -> Done:
    """Put out the signed provenance of a release.

    Raises:
        RefusedError: AWS does not say that the release was built as it must be.
        ParametersError: the action does not say which release.
    """
    release = Asked.of(job.parameters)
    try:
        stored = Stored(job, deadline)
        stored.require(inputs=_takes(release), outputs={ARTIFACT})
        made = _provenance(release, stored, deadline)
        payload = made.payload()
        stored.write(ARTIFACT, packed(_signed(payload, deadline)))
    except (UnprovenError, ArchiveError, *clients.FAILURES) as error:
        raise RefusedError(f"The release cannot be attested: {error}") from error
    package = made.builds[PACKAGE].arn
    log.step("attested", build=package, revision=made.revision, subjects=dict(made.subjects))
    return Done(
        summary=f"{package} built it from {made.revision}",
        variables={"Build": package, "Revision": made.revision},
    )


def _takes(release: Asked) -> set[str]:
    return TAKES | ({SIGNED} if release.signer else set())


def _provenance(release: Asked, stored: Stored, deadline: Deadline) -> Provenance:
    commit = revision(history.execution(release.pipeline, release.execution, deadline))
    done = history.actions(release.pipeline, release.execution, deadline)
    attempts = {
        action: attempt(done, action, project) for action, project in release.projects.items()
    }
    for action, each in attempts.items():
        _require_own(action, each, stored)
    if release.signer:
        assets = attempts[PACKAGE].places[ASSETS]
        _require_at(SIGNED, signed_place(done, release.signer, assets), stored, "the signing")
    records = history.builds([each.build for each in attempts.values()], deadline)
    builds = {
        action: Build.of(
            records[each.build],
            project=release.projects[action],
            pipeline=release.pipeline,
            revision=commit,
        )
        for action, each in attempts.items()
    }
    return Provenance(
        builder=asked.builder(),
        pipeline=release.pipeline,
        execution=release.execution,
        revision=commit,
        builds=builds,
        subjects=stored.subjects(*sorted(_takes(release))),
        signer=release.signer,
    )


def _require_own(action: str, attempt_: Attempt, stored: Stored) -> None:
    """See that the artifacts are those that the build put out, by where they lie."""
    for name in PUTS[action]:
        _require_at(name, attempt_.places.get(name), stored, action)


def _require_at(name: str, place: Place | None, stored: Stored, who: str) -> None:
    artifact = stored.inputs[name]
    if place != (artifact.bucket, artifact.key):
        raise UnprovenError(
            f"the artifact {name} is {artifact.bucket}/{artifact.key}, which {who} has not put out"
        )


def _signed(payload: bytes, deadline: Deadline) -> Envelope:
    sign = partial(
        aws.keys().sign,
        KeyId=asked.key(),
        Message=digest(payload),
        MessageType="DIGEST",
        SigningAlgorithm=ALGORITHM,
    )
    signature = reach.ask(sign, deadline, "signing the provenance")["Signature"]
    return Envelope(payload=payload, key=asked.key(), signature=signature)


def packed(envelope: Envelope) -> bytes:
    """The artifact: a zip of the one file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(FILE, EPOCH), envelope.as_bytes())
    return content.getvalue()
