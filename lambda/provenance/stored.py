"""A job's artifacts, read and written with what CodePipeline lends for that."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO, Final

import reach
import subjects
from clients import Storage
from deadline import Deadline
from job import Artifact, Job
from subjects import ArchiveError, Subjects

# Lambda's disk holds 512 MB.
MOST_BYTES: Final = 400 * 1024 * 1024


class Stored:
    """The artifacts of one job."""

    def __init__(self, job: Job, deadline: Deadline) -> None:
        """Take what the job lends.

        Raises:
            ArchiveError: it lends nothing.
        """
        if job.credentials is None:
            raise ArchiveError("the job has no credentials for its artifacts")
        self._storage: Storage = reach.artifacts(job.credentials)
        self._deadline = deadline
        self.inputs = {each.name: each for each in job.artifacts}
        self.outputs = {each.name: each for each in job.outputs}

    def require(self, *, inputs: set[str], outputs: set[str]) -> None:
        """See that the job has just these artifacts.

        Raises:
            ArchiveError: it has not.
        """
        if (set(self.inputs), set(self.outputs)) != (inputs, outputs):
            raise ArchiveError(
                f"the action takes {sorted(self.inputs)} and puts out {sorted(self.outputs)}; "
                f"it must take {sorted(inputs)} and put out {sorted(outputs)}"
            )

    def subjects(self, *names: str) -> Subjects:
        """What these artifacts consist of.

        Raises:
            ArchiveError: one is no zip, or too large.
            BotoCoreError, ClientError, OutOfTimeError: it could not be read.
        """
        found: dict[str, str] = {}
        for name in names:
            with self.opened(name) as content:
                found |= subjects.of_artifact(name, content)
        return found

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        """An input artifact, on disk while it is looked at.

        Raises:
            ArchiveError: it is too large.
            BotoCoreError, ClientError, OutOfTimeError: it could not be read.
        """
        artifact = self.inputs[name]
        read = partial(self._storage.get_object, Bucket=artifact.bucket, Key=artifact.key)
        body = reach.ask(read, self._deadline, f"reading the artifact {name}")["Body"]
        with tempfile.TemporaryFile() as file:
            while chunk := body.read(subjects.CHUNK):
                file.write(chunk)
                if file.tell() > MOST_BYTES:
                    raise ArchiveError(f"the artifact {name} has more than {MOST_BYTES} bytes")
            file.seek(0)
            yield file

    def write(self, name: str, content: bytes) -> None:
        """Put out an artifact; the bucket encrypts it with its own key.

        Raises:
            BotoCoreError, ClientError, OutOfTimeError: it could not be written.
        """
        to: Artifact = self.outputs[name]
        put = partial(self._storage.put_object, Bucket=to.bucket, Key=to.key, Body=content)
        reach.ask(put, self._deadline, f"writing the artifact {name}")
