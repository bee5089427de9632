"""The folders with CloudFormation's policies, which a synth's side of the house writes."""

import json
from dataclasses import dataclass
from pathlib import Path

from delivery import Delivery
from delivery.place import Place
from operations import names
from operations.bootstrap.places import trusted
from operations.bootstrap.policy import Document
from operations.wrong import OperationError


@dataclass(frozen=True, kw_only=True)
class ExecutionPolicies:
    """One folder for the pipelines' account and one for all others.

    Attributes:
        home: the folder for the pipelines' account.
        elsewhere: the folder for the others, None where it is the same.
    """

    home: Path
    elsewhere: Path | None

    def files(self, delivery: Delivery, place: Place) -> dict[str, Path]:
        """The files for a place's account, by the names of their policies."""
        folder = self.elsewhere if self.elsewhere and trusted(delivery, place) else self.home
        return {name: folder / file for file, name in names.execution_policies(delivery).items()}

    def documents(self, delivery: Delivery, place: Place) -> dict[str, Document]:
        """What CloudFormation's policies in a place's account should say, by their names.

        Raises:
            OperationError: a file cannot be read.
        """
        return {name: _read(file) for name, file in self.files(delivery, place).items()}


def _read(file: Path) -> Document:
    try:
        document: Document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OperationError(
            f"{file} cannot be read: {error}\n  to do: make execution-policy writes it"
        ) from None
    return document
