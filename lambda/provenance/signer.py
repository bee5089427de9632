"""Have AWS Signer sign packages: each by one job, however often that is asked for.

AWS Signer takes a version of an object and leaves the signed one beside it, in the same bucket
and with the caller's rights ("StartSigningJob" in its API Reference).
"""

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import asked
import aws
import clients
import reach
from deadline import Deadline

IN_PROGRESS: Final = "InProgress"
SUCCEEDED: Final = "Succeeded"
EXISTS: Final = "PreconditionFailed"


class UnsignedError(Exception):
    """AWS Signer has not signed a package, or says so of another; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt of an execution to have its packages signed.

    Attributes:
        pipeline: the pipeline's name.
        execution: the execution's id.
        id: what tells the attempt from the execution's others.
        is_first: whether this is its first turn.
    """

    pipeline: str
    execution: str
    id: str
    is_first: bool


class Signer:
    """The jobs of one attempt."""

    def __init__(self, attempt: Attempt, deadline: Deadline) -> None:
        """Take what the function was told."""
        bucket, _, folder = asked.signing().partition("/")
        self._attempt, self._deadline = attempt, deadline
        self._bucket = bucket
        self._folder = f"{folder}/{attempt.pipeline}/{attempt.execution}"

    def signed(self, name: str, package: bytes) -> bytes | None:
        """A package, signed; None while that goes on.

        A second call starts no second job: the token of a request is made of the attempt and of
        the package, and AWS Signer answers a token that it knows with the job that it knows.

        Raises:
            UnsignedError: it was not signed, or what was signed lies where it must not.
            BotoCoreError, ClientError, OutOfTimeError: AWS could not be asked.
        """
        digest = hashlib.sha256(package).hexdigest()
        source = f"{self._folder}/{digest}.zip"
        version = self._placed(source, package)
        job = self._started(digest, source, version)
        describe = partial(aws.signer().describe_signing_job, jobId=job)
        said = reach.ask(describe, self._deadline, f"asking how {job} went")
        status = said.get("status")
        if status == IN_PROGRESS:
            return None
        if status != SUCCEEDED or said.get("revocationRecord"):
            why = said.get("statusReason") or "no reason given"
            raise UnsignedError(f"{name}: the signing job {job} is {status}: {why}")
        if said.get("profileName") != asked.profile():
            raise UnsignedError(f"{name}: {job} signed as {said.get('profileName')!r}")
        return self._read(self._place(name, job, said))

    def _placed(self, key: str, package: bytes) -> str:
        """Put the package where it is signed from, once; the version that is there."""
        if self._attempt.is_first:
            put = partial(
                clients.storage().put_object,
                Bucket=self._bucket,
                Key=key,
                Body=package,
                IfNoneMatch="*",
            )
            try:
                return str(reach.ask(put, self._deadline, "handing a package over")["VersionId"])
            except clients.FAILURES as error:
                if clients.error_code(error) != EXISTS:
                    raise
        answer = self._get(key)
        answer["Body"].close()
        return str(answer["VersionId"])

    def _started(self, digest: str, source: str, version: str) -> str:
        token = hashlib.sha256(f"{self._attempt.execution}/{self._attempt.id}/{digest}".encode())
        start = partial(
            aws.signer().start_signing_job,
            source={"s3": {"bucketName": self._bucket, "key": source, "version": version}},
            destination={"s3": {"bucketName": self._bucket, "prefix": self._prefix}},
            profileName=asked.profile(),
            clientRequestToken=token.hexdigest(),
        )
        return str(reach.ask(start, self._deadline, "starting a signing job")["jobId"])

    @property
    def _prefix(self) -> str:
        return f"{self._folder}/signed/"

    def _place(self, name: str, job: str, said: dict[str, Any]) -> str:
        match said.get("signedObject"):
            case {"s3": {"bucketName": self._bucket, "key": str(key)}} if key.startswith(
                self._prefix
            ):
                return key
        raise UnsignedError(f"{name}: {job} does not say that it left the package in its folder")

    def _read(self, key: str) -> bytes:
        content: bytes = self._get(key)["Body"].read()
        return content

    def _get(self, key: str) -> dict[str, Any]:
        get = partial(clients.storage().get_object, Bucket=self._bucket, Key=key)
        return reach.ask(get, self._deadline, f"reading {key}")
