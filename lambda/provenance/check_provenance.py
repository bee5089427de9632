"""Check the provenance of a release before anything of it is published or deployed.

A rollback is checked as well: its artifacts were built by the execution that it goes back to.
"""

import zipfile
from functools import partial
from typing import BinaryIO, Final

import asked
import aws
import clients
import history
import log
import reach
import turn
from asked import Asked
from attest import ALGORITHM, ARTIFACT, FILE
from built import UnprovenError, revision
from deadline import Context, Deadline
from envelope import Envelope, EnvelopeError
from expected import Expected, MismatchError
from job import Job
from outcome import Done
from stored import Stored
from subjects import UNREADABLE, ArchiveError
from turn import RefusedError

# A statement names some hundred files at most.
MOST_BYTES: Final = 4 * 1024 * 1024
INVALID: Final = "KMSInvalidSignatureException"
GO_ON: Final = "Nothing of it was deployed. What to do: docs/supply-chain.md"


def handle(event: object, context: Context) -> dict[str, str]:
    """Let a release go on whose provenance holds."""
    return turn.run(event, context, decide)


def decide(job: Job, deadline: Deadline) -> Done:
    """Let the release go on.

    Raises:
        RefusedError: its provenance does not hold, or that cannot be known.
        ParametersError: the action does not say which release.
    """
    release = Asked.of(job.parameters)
    try:
        stored = Stored(job, deadline)
        stored.require(inputs={*release.deployed, ARTIFACT}, outputs=set())
        with stored.opened(ARTIFACT) as content:
            envelope = Envelope.of(_file(content))
        _check_signature(envelope, deadline)
        built = _built_by(release, deadline)
        expected = Expected(
            builder=asked.builder(),
            pipeline=release.pipeline,
            projects={
                action: f"{asked.projects_at()}{project}"
                for action, project in release.projects.items()
            },
            execution=built,
            revision=revision(history.execution(release.pipeline, built, deadline)),
            deployed=release.deployed,
            subjects=stored.subjects(*release.deployed),
            signer=release.signer,
        )
        build = expected.check(envelope.payload)
    except (
        ArchiveError,
        EnvelopeError,
        MismatchError,
        UnprovenError,
        *clients.FAILURES,
    ) as error:
        raise RefusedError(f"The provenance does not hold: {error}. {GO_ON}") from error
    log.step("checked", build=build, revision=expected.revision, execution=built)
    return Done(summary=f"{build} built it from {expected.revision}")


def _file(content: BinaryIO) -> bytes:
    try:
        with zipfile.ZipFile(content) as archive:
            found = archive.infolist()
            if [each.filename for each in found] != [FILE] or found[0].file_size > MOST_BYTES:
                raise ArchiveError(f"the artifact {ARTIFACT} must hold {FILE} and nothing else")
            return archive.read(found[0])
    except UNREADABLE as error:
        raise ArchiveError(f"the artifact {ARTIFACT} cannot be read: {error}") from error


def _check_signature(envelope: Envelope, deadline: Deadline) -> None:
    """See that the key has signed just this payload.

    Raises:
        EnvelopeError: it has not.
        BotoCoreError, ClientError, OutOfTimeError: KMS could not be asked.
    """
    if envelope.key != asked.key():
        raise EnvelopeError(f"it is signed with {envelope.key}, not with {asked.key()}")
    verify = partial(
        aws.keys().verify,
        KeyId=asked.key(),
        Message=envelope.digest,
        MessageType="DIGEST",
        Signature=envelope.signature,
        SigningAlgorithm=ALGORITHM,
    )
    try:
        answer = reach.ask(verify, deadline, "verifying the signature")
    except clients.FAILURES as error:
        if clients.error_code(error) == INVALID:
            raise EnvelopeError("the signature is not the key's, or not over this") from error
        raise
    if answer.get("SignatureValid") is not True:
        raise EnvelopeError("KMS does not say that the signature is valid")


def _built_by(release: Asked, deadline: Deadline) -> str:
    """The execution that built what is about to be deployed.

    Raises:
        UnprovenError: it cannot be known.
    """
    found = history.execution(release.pipeline, release.execution, deadline)
    match found:
        case {"executionType": "STANDARD"}:
            return release.execution
        case {
            "executionType": "ROLLBACK",
            "rollbackMetadata": {"rollbackTargetPipelineExecutionId": str(target)},
        }:
            return target
    raise UnprovenError(f"the execution is of an unknown kind: {found.get('executionType')!r}")
