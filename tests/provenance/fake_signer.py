"""AWS Signer as a release meets it, and the folder of the store that it signs in."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from tests.gate.fake_aws import AwsError
from tests.provenance.fake_aws import PIPELINE, Released, asked, key_of, zipped
from tests.release.fake_aws import EXECUTION, JOB, Record

STORE, FOLDER = "store", "signing"
PROFILE = "lockgate_profile"
SIGNATURE = "META_INF/aws_signer_signature_v1.0.SF"
JOB_ID = "00000000-0000-0000-0000-{:012}"
# What functions take only signed, and what goes through as it is.
SIGNED, PLAIN = ("aa.zip", "bb.zip"), ("cc.zip",)
CONFIG = {"CodeSigningConfigArn": {"Fn::ImportValue": "lockgate-code-signing"}}
SIGN = "assembly assets", "signed"


def function(key: object, **more: object) -> Record:
    code = {"S3Bucket": "assets", "S3Key": key}
    return {"Type": "AWS::Lambda::Function", "Properties": {"Code": code, **more}}


def template(**resources: object) -> str:
    return json.dumps({"Resources": resources})


def packages(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def nested(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, value in files.items():
            archive.writestr(zipfile.ZipInfo(name), value)
    return content.getvalue()


def sign(package: bytes, by: str = "the profile") -> bytes:
    """A package with a signature."""
    files = packages(package)
    return nested({**files, SIGNATURE: by.encode()})


def turn(token: str | None = None, job: str = JOB, **parameters: object) -> Record:
    """What the action sends, at its first turn or at a later one."""
    event = asked(*SIGN)
    data = event["CodePipeline.job"]["data"]
    given = {"pipeline": PIPELINE, "execution": EXECUTION, **parameters}
    data["actionConfiguration"]["configuration"]["UserParameters"] = json.dumps(given)
    event["CodePipeline.job"]["id"] = job
    if token:
        data["continuationToken"] = token
    return event


class Signing(Released):
    """A release that is to be signed; each job needs so many looks until it is over."""

    def __init__(self) -> None:
        super().__init__()
        self.given = {name: zipped({"app.py": name}) for name in (*SIGNED, *PLAIN)}
        self.artifacts |= {
            key_of("assets"): nested(self.given),
            key_of("assembly"): zipped(
                {
                    "lockgate-orders-beta.template.json": template(
                        App=function("aa.zip", **CONFIG),
                        Hook=function("bb.zip", **CONFIG),
                        Role={"Type": "AWS::IAM::Role"},
                    ),
                    "lockgate-orders-pipeline.template.json": template(Start=function("cc.zip")),
                    "manifest.json": "[]",
                }
            ),
        }
        self.folder: dict[str, tuple[str, bytes]] = {}
        self.jobs: dict[str, Record] = {}
        self.by_token: dict[str, str] = {}
        self.looks = 0
        self.ends: Record = {"status": "Succeeded"}
        self.signing: Callable[[bytes], bytes] = sign

    def next_turn(self) -> None:
        """Let CodePipeline call again."""
        self.reports.clear()

    def token(self) -> str:
        [(kind, request)] = self.reports
        assert kind == "later"
        return str(request["continuationToken"])

    @property
    def put_out(self) -> dict[str, bytes]:
        return packages(self.stored[f"artifacts/{key_of('signed')}"])

    def put_object(self, request: Record) -> Any:  # noqa: ANN401
        if request["Bucket"] != STORE:
            return super().put_object(request)
        assert request["IfNoneMatch"] == "*", "must be conditional"
        assert request["Key"].startswith(f"{FOLDER}/{PIPELINE}/{EXECUTION}/")
        if request["Key"] in self.folder:
            return AwsError("PreconditionFailed", 412)
        body = request["Body"]
        content = body if isinstance(body, bytes) else body.read()
        self.folder[request["Key"]] = str(len(self.folder) + 1), content
        return {"VersionId": str(len(self.folder))}

    def get_object(self, request: Record) -> Record | AwsError:
        if request["Bucket"] != STORE:
            return super().get_object(request)
        if request["Key"] not in self.folder:
            return AwsError("NoSuchKey", 404)
        version, content = self.folder[request["Key"]]
        return {"VersionId": version, "Body": io.BytesIO(content)}

    def start_signing_job(self, request: Record) -> Record:
        assert request["profileName"] == PROFILE
        source, to = request["source"]["s3"], request["destination"]["s3"]
        assert source["bucketName"] == to["bucketName"] == STORE
        version, content = self.folder[source["key"]]
        assert source["version"] == version
        job = self.by_token.setdefault(
            request["clientRequestToken"], JOB_ID.format(len(self.by_token))
        )
        place = f"{to['prefix']}{job}.zip"
        if job not in self.jobs:
            self.jobs[job] = {"looks": self.looks, "place": place, "content": content}
        return {"jobId": job}

    def describe_signing_job(self, request: Record) -> Record:
        job = self.jobs[request["jobId"]]
        job["looks"] -= 1
        if job["looks"] >= 0:
            return {"jobId": request["jobId"], "status": "InProgress", "profileName": PROFILE}
        self.folder[job["place"]] = "1", self.signing(job["content"])
        where = {"s3": {"bucketName": STORE, "key": job["place"]}}
        said = {"jobId": request["jobId"], "profileName": PROFILE, "signedObject": where}
        return {**said, **self.ends}
