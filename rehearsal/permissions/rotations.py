"""Rotations of all secrets that have one."""

from typing import Any

from rehearsal.permissions.played import FAILED, SUCCEEDED, Course, Outcome
from rehearsal.world.world import World

# The four steps take no time.
ROTATED_SECONDS = 60.0
CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"


class Rotations:
    """Rotations by hand, which go as those on schedule."""

    def __init__(self, world: World) -> None:
        """Rotate this world's secrets."""
        self._world, self._client = world, world.client("secretsmanager")

    def run(self, _course: Course) -> Outcome:
        """Rotate each; what could not be rotated is as it was before."""
        names = [each["Name"] for each in self._secrets() if each.get("RotationEnabled")]
        tokens = {
            name: self._client.rotate_secret(SecretId=name)["VersionId"] for name in sorted(names)
        }
        self._world.clock.sleep(ROTATED_SECONDS)
        failed = [
            name for name, token in tokens.items() if CURRENT not in self._stages(name, token)
        ]
        for name in failed:
            # It would keep the next rotation from beginning.
            self._client.update_secret_version_stage(
                SecretId=name, VersionStage=PENDING, RemoveFromVersionId=tokens[name]
            )
        return Outcome(status=FAILED if failed else SUCCEEDED, place=", ".join(failed))

    def _secrets(self) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("list_secrets").paginate()
        return [secret for page in pages for secret in page["SecretList"]]

    def _stages(self, name: str, token: str) -> list[str]:
        stages: list[str] = self._client.describe_secret(SecretId=name)["VersionIdsToStages"].get(
            token, []
        )
        return stages
