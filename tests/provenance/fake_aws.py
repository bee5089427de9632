"""AWS as provenance meets it: an execution, its builds, its artifacts, and a key that signs."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from tests.gate.fake_aws import NOON, AwsError
from tests.release.fake_aws import EXECUTION, JOB, Record, Releases

PIPELINE = "lockgate-orders"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
PLACE = "arn:aws:{}:eu-central-1:111122223333:{}"
BUILDER = PLACE.format("lambda", "function:lockgate-attest")
KEY = PLACE.format("kms", "key/0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f")
PROJECTS = PLACE.format("codebuild", "build/")
PACKAGE, AUDIT = "lockgate-orders-pipeline-package", "lockgate-orders-pipeline-audit"
ASKED: Record = {
    "pipeline": PIPELINE,
    "execution": EXECUTION,
    "package": PACKAGE,
    "audit": AUDIT,
}
FILES = {
    "assembly": {"lockgate-orders-beta.template.json": "{}", "manifest.json": "{}"},
    "assets": {"aa.zip": "first", "bb.zip": "second"},
    "evidence": {"orders.cdx.json": "{}", "licences.json": "[]"},
}
MADE_BY = {"assembly": "Package", "assets": "Package", "evidence": "Audit"}
ROLLED_BACK = "77777777-7777-8888-9999-000000000000"


def zipped(files: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return content.getvalue()


def key_of(artifact: str) -> str:
    """Where an artifact lies in the bucket `artifacts`."""
    return f"lockgate-orders/{artifact}/x"


def asked(inputs: str, outputs: str = "", /, **parameters: object) -> Record:
    """What an action sends to its function."""
    return {
        "CodePipeline.job": {
            "id": JOB,
            "accountId": "111122223333",
            "data": {
                "actionConfiguration": {
                    "configuration": {"UserParameters": json.dumps({**ASKED, **parameters})}
                },
                "inputArtifacts": [_artifact(name) for name in inputs.split()],
                "outputArtifacts": [_artifact(name) for name in outputs.split()],
                "artifactCredentials": {
                    "accessKeyId": "lent",
                    "secretAccessKey": "secret",
                    "sessionToken": "token",
                },
            },
        }
    }


ATTEST = "assembly assets evidence", "provenance"
CHECK = "assembly assets provenance"


def _artifact(name: str) -> Record:
    where = {"bucketName": "artifacts", "objectKey": key_of(name)}
    return {"name": name, "location": {"type": "S3", "s3Location": where}}


class Released(Releases):
    """One execution that has built its artifacts, and a key in KMS."""

    def __init__(self, key: ec.EllipticCurvePrivateKey | None = None) -> None:
        super().__init__()
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.artifacts = {key_of(name): zipped(files) for name, files in FILES.items()}
        self.executions_: dict[str, Record] = {EXECUTION: _execution()}
        self.actions = [_action("Package", PACKAGE), _action("Audit", AUDIT)]
        self.builds = {project: _build(project) for project in (PACKAGE, AUDIT)}
        self.page = 100

    def roll_back(self) -> None:
        """Let the execution that asks be a rollback to another, which built the artifacts."""
        self.executions_[ROLLED_BACK] = self.executions_[EXECUTION]
        self.executions_[EXECUTION] = _execution() | {
            "executionType": "ROLLBACK",
            "rollbackMetadata": {"rollbackTargetPipelineExecutionId": ROLLED_BACK},
        }

    def get_pipeline_execution(self, request: Record) -> Any:  # noqa: ANN401
        assert request["pipelineName"] == PIPELINE
        found = self.executions_.get(request["pipelineExecutionId"])
        if found is None:
            return AwsError("PipelineExecutionNotFoundException")
        return {"pipelineExecution": found}

    def list_action_executions(self, request: Record) -> Record:
        assert request["filter"] == {"pipelineExecutionId": EXECUTION}
        at = int(request.get("nextToken", 0))
        more = {"nextToken": str(at + self.page)} if at + self.page < len(self.actions) else {}
        return {"actionExecutionDetails": self.actions[at : at + self.page], **more}

    def batch_get_builds(self, request: Record) -> Record:
        return {
            "builds": [each for each in self.builds.values() if each.get("id") in request["ids"]],
        }

    def get_object(self, request: Record) -> Record | AwsError:
        found = self.stored.get(f"{request['Bucket']}/{request['Key']}")
        if found is None:
            return super().get_object(request)
        return {"Body": io.BytesIO(found)}

    def sign(self, request: Record) -> Record:
        assert request["KeyId"] == KEY
        assert request["MessageType"] == "DIGEST"
        signature = self.key.sign(request["Message"], ec.ECDSA(Prehashed(hashes.SHA256())))
        return {"KeyId": KEY, "Signature": signature, "SigningAlgorithm": "ECDSA_SHA_256"}

    def verify(self, request: Record) -> Record | AwsError:
        assert request["KeyId"] == KEY
        assert request["SigningAlgorithm"] == "ECDSA_SHA_256"
        try:
            self.key.public_key().verify(
                request["Signature"], request["Message"], ec.ECDSA(Prehashed(hashes.SHA256()))
            )
        except InvalidSignature:
            return AwsError("KMSInvalidSignatureException")
        return {"KeyId": KEY, "SignatureValid": True, "SigningAlgorithm": "ECDSA_SHA_256"}

    @property
    def provenance(self) -> bytes:
        """The artifact that was put out."""
        return self.stored[f"artifacts/{key_of('provenance')}"]


def _execution() -> Record:
    return {
        "executionType": "STANDARD",
        "artifactRevisions": [{"name": "source", "revisionId": COMMIT}],
    }


def _action(name: str, project: str) -> Record:
    artifacts = [artifact for artifact, made_by in MADE_BY.items() if made_by == name]
    return {
        "stageName": "Build",
        "actionName": name,
        "status": "Succeeded",
        "startTime": NOON,
        "output": {
            "executionResult": {"externalExecutionId": f"{project}:1"},
            "outputArtifacts": [
                {"name": each, "s3location": {"bucket": "artifacts", "key": key_of(each)}}
                for each in artifacts
            ],
        },
    }


def _build(project: str) -> Record:
    return {
        "id": f"{project}:1",
        "arn": f"{PROJECTS}{project}:1",
        "projectName": project,
        "buildStatus": "SUCCEEDED",
        "initiator": f"codepipeline/{PIPELINE}",
        "resolvedSourceVersion": COMMIT,
        "startTime": NOON,
        "endTime": NOON + timedelta(minutes=3),
        "environment": _environment(),
        "source": {"type": "CODEPIPELINE", "buildspec": "version: 0.2\n"},
    }


def _environment() -> dict[str, Any]:
    return {
        "type": "ARM_CONTAINER",
        "image": "aws/codebuild/amazonlinux-aarch64-standard:3.0-25.03.03",
        "computeType": "BUILD_GENERAL1_SMALL",
    }
