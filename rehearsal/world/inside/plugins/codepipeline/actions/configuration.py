"""What an action's or a rule's declaration says, and what of it the world cannot do."""

import io
import json
import zipfile
from collections.abc import Collection
from typing import NoReturn

from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job


def wrong(message: str) -> NoReturn:
    """End the action: what it is told cannot be done.

    Raises:
        ActionFailedError: always.
    """
    raise ActionFailedError("ConfigurationError", message)


def required(job: Job, name: str) -> str:
    """A value that must be configured.

    Raises:
        ActionFailedError: it is missing or empty.
    """
    value = job.configuration.get(name, "")
    if not value:
        wrong(f"the configuration of {job.action} has no {name}")
    return value


def only(job: Job, known: Collection[str]) -> None:
    """See that nothing is configured but what the world knows.

    Raises:
        ActionFailedError: something is.
    """
    if unknown := sorted(set(job.configuration) - set(known)):
        wrong(f"the world knows no {', '.join(unknown)} of {job.action}")


def flag(job: Job, name: str) -> bool:
    """A value that is `true` or `false`; false where there is none.

    Raises:
        ActionFailedError: it is neither.
    """
    value = str(job.configuration.get(name) or "false").lower()
    if value not in ("true", "false"):
        wrong(f"{name} of {job.action} is true or false, not {value}")
    return value == "true"


def declared_json(text: str, what: str) -> object:
    """What a text in JSON says; nothing where it is empty.

    Raises:
        ActionFailedError: it is not JSON.
    """
    try:
        return json.loads(text) if text else None
    except ValueError as error:
        wrong(f"{what} is not valid JSON: {error}")


def file_of(job: Job, path: str) -> bytes:
    """A file of an input artifact, named as `artifact::path/to/file`; read as the action's role.

    Raises:
        ActionFailedError: no input artifact is called so, or it has no such file.
    """
    name, _, file = path.partition("::")
    if name not in job.inputs or not file:
        wrong(f"{path}: {job.action} has the input artifacts {', '.join(job.inputs) or '(none)'}")
    with zipfile.ZipFile(io.BytesIO(job.artifacts.get(name, job.session))) as archive:
        try:
            return archive.read(file)
        except KeyError:
            wrong(f"File [{file}] does not exist in artifact [{name}]")
