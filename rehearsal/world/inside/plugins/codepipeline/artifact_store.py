"""The artifacts of one execution, in the pipeline's artifact store."""

import string
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.record import Execution
from rehearsal.world.inside.role_session import RoleSession
from rehearsal.world.inside.setting import Setting

PIPELINE_LETTERS, ARTIFACT_LETTERS, CHANCE_LETTERS = 20, 10, 7


class Store:
    """Where an execution keeps what its actions put out and take in."""

    def __init__(self, world: Setting, execution: Execution) -> None:
        """Keep them in the store that the pipeline declares."""
        self._world, self._execution = world, execution
        self._declared: dict[str, Any] = execution.declared["artifactStore"]

    def location(self, name: str) -> tuple[str, str]:
        """The bucket and the key of an artifact that exists, or is about to be put out."""
        found = self._execution.artifacts.get(name)
        if found is None:
            chance = self._world.chance(f"artifact/{self._execution.id}/{name}")
            letters = "".join(
                chance.choices(string.ascii_letters + string.digits, k=CHANCE_LETTERS)
            )
            pipeline = self._execution.declared["name"][:PIPELINE_LETTERS]
            key = f"{pipeline}/{name[:ARTIFACT_LETTERS]}/{letters}"
            found = (str(self._declared["location"]), key)
            self._execution.artifacts[name] = found
        return found

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
