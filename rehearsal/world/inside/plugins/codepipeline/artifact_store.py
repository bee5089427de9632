"""The artifacts that one attempt at an action takes in and puts out."""

import string
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError
from rehearsal.world.inside.plugins.codepipeline.attempt import Attempt, Place
from rehearsal.world.inside.plugins.codepipeline.record import Execution
from rehearsal.world.inside.role_session import RoleSession
from rehearsal.world.inside.setting import Setting

PIPELINE_LETTERS, ARTIFACT_LETTERS, CHANCE_LETTERS = 20, 10, 7
LETTERS = string.ascii_letters + string.digits


def new_place(world: Setting, execution: Execution, attempt: str, artifact: str) -> Place:
    """Where an attempt is to put out an artifact: each has a place of its own, as on AWS."""
    chance = world.chance(f"artifact/{attempt}/{artifact}")
    pipeline = execution.declared["name"][:PIPELINE_LETTERS]
    letters = "".join(chance.choices(LETTERS, k=CHANCE_LETTERS))
    key = f"{pipeline}/{artifact[:ARTIFACT_LETTERS]}/{letters}"
    return str(execution.declared["artifactStore"]["location"]), key


class Store:
    """The pipeline's artifact store, as one attempt may use it."""

    def __init__(self, execution: Execution, attempt: Attempt) -> None:
        """For this attempt."""
        self._attempt = attempt
        self._declared: dict[str, Any] = execution.declared["artifactStore"]

    def location(self, name: str) -> Place:
        """The bucket and the key of an artifact that exists, or is about to be put out.

        Raises:
            ActionFailedError: the action has no such artifact.
        """
        place = self._attempt.put.get(name) or self._attempt.taken.get(name)
        if place is None:
            raise ActionFailedError(
                "ConfigurationError", f"{self._attempt.name} has no artifact {name}"
            )
        return place

    def get(self, name: str, session: RoleSession) -> bytes:
        """An artifact's zip, read as the session's role."""
        bucket, key = self.location(name)
        found: bytes = session.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return found

    def put(self, name: str, content: bytes, session: RoleSession) -> None:
        """Keep an artifact's zip, as the session's role, encrypted with the store's key."""
        bucket, key = self.location(name)
        own = self._declared.get("encryptionKey")
        encrypted = {"SSEKMSKeyId": own["id"]} if own else {}
        session.client("s3").put_object(
            Bucket=bucket, Key=key, Body=content, ServerSideEncryption="aws:kms", **encrypted
        )
