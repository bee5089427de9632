"""A secret as Secrets Manager keeps it, quick enough for thousands of calls.

Beside moto it knows that a version's value never changes: PutSecretValue with another one is
ResourceExistsException ("PutSecretValue", AWS Secrets Manager API Reference).
"""

import itertools
from typing import Any

from botocore.exceptions import ClientError

from tests.rotation.conftest import FUNCTION, OLD

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


class FakeSecret:
    """The client of a world with one secret that is being rotated."""

    def __init__(self) -> None:
        self.values: dict[str, str | None] = {"first": OLD}
        self.stages: dict[str, set[str]] = {"first": {"AWSCURRENT"}}
        self._drawn = itertools.count()

    def value(self, stage: str) -> str | None:
        found = [self.values[v] for v, stages in self.stages.items() if stage in stages]
        assert len(found) <= 1, f"{len(found)} versions have {stage}"
        return found[0] if found else None

    def begin(self, token: str) -> bool:
        """As RotateSecret: not while another version is pending."""
        if any(s >= {"AWSPENDING"} and "AWSCURRENT" not in s for s in self.stages.values()):
            return False
        self._label(token, "AWSPENDING")
        self.values[token] = None
        return True

    def put_by_hand(self, token: str, value: str) -> None:
        """It also ends a rotation that is under way (RotationAbandoned)."""
        for stages in self.stages.values():
            stages.discard("AWSPENDING")
        self.values[token] = value
        self._make_current(token)

    def describe_secret(self, **_: str) -> dict[str, Any]:
        staged = {version: sorted(s) for version, s in self.stages.items() if s}
        settings = {"RotationEnabled": True, "RotationLambdaARN": FUNCTION}
        return {**settings, "VersionIdsToStages": staged}

    def get_secret_value(self, **request: str) -> dict[str, Any]:
        for version, stages in self.stages.items():
            asked = request.get("VersionId", version) == version
            if asked and request["VersionStage"] in stages and self.values[version] is not None:
                return {"SecretString": self.values[version]}
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue")

    def get_random_password(self, **request: int) -> dict[str, Any]:
        number = next(self._drawn)
        last = ALPHABET[number // 26 % 26] + ALPHABET[number % 26]
        return {"RandomPassword": "r" * (request["PasswordLength"] - 2) + last}

    def put_secret_value(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        token, value = request["ClientRequestToken"], request["SecretString"]
        if self.values.get(token, value) not in {None, value}:
            raise ClientError({"Error": {"Code": "ResourceExistsException"}}, "PutSecretValue")
        self.values[token] = value
        for stage in request["VersionStages"]:
            self._label(token, stage)
        return {}

    def update_secret_version_stage(self, **request: str) -> dict[str, Any]:
        left, token = request.get("RemoveFromVersionId"), request["MoveToVersionId"]
        has = [version for version, stages in self.stages.items() if "AWSCURRENT" in stages]
        if has != ([left] if left else []):
            raise ClientError(
                {"Error": {"Code": "InvalidParameterException"}}, "UpdateSecretVersionStage"
            )
        self._make_current(token)
        return {}

    def _make_current(self, token: str) -> None:
        before = [version for version, stages in self.stages.items() if "AWSCURRENT" in stages]
        self._label(token, "AWSCURRENT")
        for version in before:
            if version != token:
                self._label(version, "AWSPREVIOUS")
        self.stages[token].discard("AWSPREVIOUS")

    def _label(self, token: str, stage: str) -> None:
        for stages in self.stages.values():
            stages.discard(stage)
        self.stages.setdefault(token, set()).add(stage)
