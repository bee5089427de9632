"""What a pipeline asks of provenance: the UserParameters of its actions, each value checked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import parameters
from built import PACKAGE, PUTS, SIGNED

PIPELINE: Final = r"[A-Za-z0-9.@_-]{1,100}"
EXECUTION: Final = r"[0-9a-f-]{36}"
PROJECT: Final = r"[A-Za-z0-9][A-Za-z0-9_-]{1,149}"
FUNCTION: Final = r"[A-Za-z0-9_-]{1,64}"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which release is meant.

    Attributes:
        pipeline: the pipeline's name.
        execution: the id of the execution that asks.
        projects: the project of each build, by action.
        signer: the function that had its code signed; empty where code is not signed.
    """

    pipeline: str
    execution: str
    projects: Mapping[str, str]
    signer: str = ""

    @property
    def deployed(self) -> tuple[str, ...]:
        """The artifacts that are published and deployed."""
        assembly, assets = PUTS[PACKAGE]
        return assembly, SIGNED if self.signer else assets

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Read the parameters.

        Raises:
            ParametersError: one is missing, unknown or has no meaning.
        """
        needed = {action: action.lower() for action in PUTS}
        parameters.names(
            given, needed=["pipeline", "execution", *needed.values()], optional=["signer"]
        )
        return cls(
            pipeline=parameters.text(given, "pipeline", PIPELINE),
            execution=parameters.text(given, "execution", EXECUTION),
            projects={
                action: parameters.text(given, name, PROJECT) for action, name in needed.items()
            },
            signer=parameters.text(given, "signer", FUNCTION),
        )


def builder() -> str:
    """The function that says how releases are built."""
    return os.environ["BUILDER"]


def key() -> str:
    """The key that it signs with."""
    return os.environ["KEY"]


def projects_at() -> str:
    """Where the projects of builds are: the start of their builds' ARNs."""
    return os.environ["PROJECTS"]


def profile() -> str:
    """The name of the profile that code is signed with."""
    return os.environ["PROFILE"]


def signing() -> str:
    """Where AWS Signer finds packages, and leaves the signed ones: a bucket and a folder of it."""
    return os.environ["SIGNING"]
