"""What is accepted in a release, and why: policy.toml."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FILE = Path(__file__).with_name("policy.toml")
Reason = Annotated[str, Field(min_length=20)]


class PolicyError(Exception):
    """The policy cannot be read; the message says where, what is allowed and what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AcceptedAdvisory(_Strict):
    """An advisory that is known, and until when it is no reason to stop."""

    package: str
    advisory: str
    reason: Reason
    until: date


class AcceptedFinding(_Strict):
    """A finding of the static analysis that is right as it is."""

    file: str
    rule: str
    reason: Reason


class Policy(_Strict):
    """What is accepted: licences by their SPDX identifiers, advisories, findings."""

    licences: frozenset[str]
    advisories: tuple[AcceptedAdvisory, ...] = ()
    findings: tuple[AcceptedFinding, ...] = ()


def read(file: Path = FILE) -> Policy:
    """Read the policy.

    Raises:
        PolicyError: it is missing, no TOML, or says what has no meaning.
    """
    try:
        return Policy.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{file}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise PolicyError(f"{file}: {where}: {first['msg']}") from None
