"""A statement that says how a release was built: in-toto's, with SLSA's provenance in it.

https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
https://slsa.dev/spec/v1.2/build-provenance
Nothing here asks AWS.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from built import PACKAGE, Build
from subjects import Subjects

TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://slsa.dev/provenance/v1"
# docs/supply-chain.md says what its parameters mean.
BUILD_TYPE: Final = "urn:lockgate:build:codepipeline:v1"


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """How a release was built.

    Attributes:
        builder: the function that says so.
        pipeline: the pipeline's name.
        execution: the id of the execution that built it.
        revision: the commit that it was built from.
        builds: each of its builds, by action.
        subjects: what the release consists of.
        signer: the function that had its code signed; empty where code is not signed.
    """

    builder: str
    pipeline: str
    execution: str
    revision: str
    builds: Mapping[str, Build]
    subjects: Subjects
    signer: str = ""

    def payload(self) -> bytes:
        """The statement, in the one form that these facts have."""
        return json.dumps(self._statement(), sort_keys=True, separators=(",", ":")).encode()

    def _statement(self) -> dict[str, Any]:
        package = self.builds[PACKAGE]
        signed = {"signer": self.signer} if self.signer else {}
        return {
            "_type": TYPE,
            "subject": [
                {"name": name, "digest": {"sha256": sha256}}
                for name, sha256 in sorted(self.subjects.items())
            ],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                "buildDefinition": {
                    "buildType": BUILD_TYPE,
                    "externalParameters": {"pipeline": self.pipeline, "revision": self.revision},
                    "internalParameters": {
                        "execution": self.execution,
                        "builds": {name: _build(each) for name, each in self.builds.items()},
                        **signed,
                    },
                    "resolvedDependencies": [
                        {"name": "source", "digest": {"gitCommit": self.revision}}
                    ],
                },
                "runDetails": {
                    "builder": {"id": self.builder},
                    "metadata": {
                        "invocationId": package.arn,
                        "startedOn": _time(package.started),
                        "finishedOn": _time(package.finished),
                    },
                },
            },
        }


def _build(build: Build) -> dict[str, str]:
    return {
        "arn": build.arn,
        "project": build.project,
        "image": build.image,
        "buildspecSha256": build.buildspec,
    }


def _time(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
