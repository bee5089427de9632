"""AWS as the gates meet it: real botocore clients, answered where the request would be sent."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from botocore.model import OperationModel
from botocore.signers import RequestSigner

from tests.gate.fake_aws import NOON, AwsError, Context, Wire, World

Record = dict[str, Any]
JOB = "11111111-2222-3333-4444-555555555555"
EXECUTION = "66666666-7777-8888-9999-000000000000"
STACK = "lockgate-orders-prod"
STACK_ID = f"arn:aws:cloudformation:eu-central-1:111122223333:stack/{STACK}/1"
CHANGE_SET_ID = "arn:aws:cloudformation:eu-central-1:111122223333:changeSet/review/{}"
THAWED: Record = {"frozen": False, "reason": "", "by": "", "since": "", "environments": []}
TEMPLATE = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": []}}}}
SECONDS = 120.0


def event(
    parameters: object, *, token: Mapping[str, str] | None = None, artifact: str = ""
) -> Record:
    """What an invoke action sends to its function."""
    where = {"s3Location": {"bucketName": "artifacts", "objectKey": artifact}, "type": "S3"}
    keys = {"accessKeyId": "lent", "secretAccessKey": "secret", "sessionToken": "token"}
    text = parameters if isinstance(parameters, str) else json.dumps(parameters)
    configuration = {"FunctionName": "any", "UserParameters": text}
    data: Record = {
        "actionConfiguration": {"configuration": configuration},
        "inputArtifacts": [{"name": "assembly", "location": where}] if artifact else [],
        "outputArtifacts": [],
        "artifactCredentials": keys,
    }
    if token:
        data["continuationToken"] = json.dumps(token)
    return {"CodePipeline.job": {"id": JOB, "accountId": "111122223333", "data": data}}


def archive(**files: object) -> bytes:
    """A zip; `_` in a name stands for a dot."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, value in files.items():
            text = value if isinstance(value, str) else json.dumps(value)
            made.writestr(f"{name.replace('_', '-')}.template.json", text)
    return content.getvalue()


class Releases(World):
    """A job's surroundings: a freeze, an execution, customers, a stack and its change set."""

    def __init__(self) -> None:
        super().__init__(seconds=SECONDS)
        self.reports: list[tuple[str, Record]] = []
        self.signed: list[tuple[str, str]] = []
        self.parameter: str | None = json.dumps(THAWED)
        self.execution: Record = {"executionType": "STANDARD"}
        self.invocations: dict[datetime, float] = {}
        self.status_code = "Complete"
        self.artifacts: dict[str, bytes] = {}
        self.stored: dict[str, bytes] = {}
        self.status = "UPDATE_COMPLETE"
        self.change_set: Record | None = None
        self.made: list[Record] = []
        self.pages: list[list[Record]] = [[]]
        self.ends = {"Status": "CREATE_COMPLETE"}

    def context(self) -> Context:
        return Context(self, self.seconds)

    def wait(self, **duration: float) -> None:
        """Let time pass."""
        self.elapsed += timedelta(**duration).total_seconds()

    @property
    def report(self) -> tuple[str, Record]:
        """The one report that CodePipeline has taken: done, later or refused, with the rest."""
        [(kind, request)] = self.reports
        assert request.pop("jobId") == JOB
        return kind, request

    def served(self, *counts: float, since: datetime = NOON) -> None:
        """Let the alias serve so many requests in each minute from then on."""
        for at, count in enumerate(counts):
            self.invocations[since + timedelta(minutes=at)] = count

    def put_job_success_result(self, request: Record) -> Record | AwsError:
        return self._reported("later" if "continuationToken" in request else "done", request)

    def put_job_failure_result(self, request: Record) -> Record | AwsError:
        return self._reported("refused", request)

    def _reported(self, kind: str, request: Record) -> Record | AwsError:
        if self.reports:
            return AwsError("InvalidJobStateException")
        self.reports.append((kind, request))
        return {}

    def get_parameter(self, request: Record) -> Record | AwsError:
        if self.parameter is None:
            return AwsError("ParameterNotFound")
        return {"Parameter": {"Name": request["Name"], "Value": self.parameter}}

    def get_pipeline_execution(self, request: Record) -> Record:
        assert request == {"pipelineName": "lockgate-orders", "pipelineExecutionId": EXECUTION}
        return {"pipelineExecution": self.execution}

    def get_metric_data(self, request: Record) -> Record:
        [query] = request["MetricDataQueries"]
        metric = query["MetricStat"]["Metric"]
        dimensions = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
        assert dimensions == {"FunctionName": STACK, "Resource": f"{STACK}:live"}
        assert (query["MetricStat"]["Stat"], metric["MetricName"]) == ("Sum", "Invocations")
        start, end = request["StartTime"], request["EndTime"]
        assert start < end
        found = {at: count for at, count in self.invocations.items() if start <= at < end}
        result = {
            "Id": query["Id"],
            "StatusCode": self.status_code,
            "Timestamps": list(found),
            "Values": list(found.values()),
        }
        return {"MetricDataResults": [result]}

    def get_object(self, request: Record) -> Record | AwsError:
        if request["Key"] not in self.artifacts:
            return AwsError("NoSuchKey", 404)
        return {"Body": io.BytesIO(self.artifacts[request["Key"]])}

    def put_object(self, request: Record) -> Record:
        body = request["Body"]
        content = body if isinstance(body, bytes) else body.read()
        self.stored[f"{request['Bucket']}/{request['Key']}"] = content
        return {}

    def assume_role(self, request: Record) -> Record:
        name = request["RoleArn"].rpartition("/")[2]
        keys = {"SecretAccessKey": "s", "SessionToken": "t", "Expiration": NOON}
        return {"Credentials": {"AccessKeyId": f"temporary-key-of-{name}", **keys}}

    def describe_stacks(self, request: Record) -> Record | AwsError:
        if not self.status:
            return AwsError("ValidationError", message=f"Stack {STACK} does not exist")
        found = {"StackName": request["StackName"], "StackStatus": self.status}
        return {"Stacks": [{**found, "CreationTime": NOON}]}

    def create_change_set(self, request: Record) -> Record | AwsError:
        if self.change_set is not None:
            return AwsError("AlreadyExistsException")
        self.made.append(request)
        self.change_set = {
            "ChangeSetId": CHANGE_SET_ID.format(len(self.made)),
            "StackId": STACK_ID,
            "Status": "CREATE_IN_PROGRESS",
        }
        return {"Id": self.change_set["ChangeSetId"], "StackId": STACK_ID}

    def delete_change_set(self, _: Record) -> Record:
        self.change_set = None
        return {}

    def finish(self) -> None:
        """Let CloudFormation end its work on the change set."""
        assert self.change_set is not None
        self.change_set |= self.ends

    def describe_change_set(self, request: Record) -> Record | AwsError:
        assert request["ChangeSetName"] == "review"
        if self.change_set is None:
            return AwsError("ChangeSetNotFound", 404)
        at = int(request.get("NextToken", 0))
        more = {"NextToken": str(at + 1)} if at + 1 < len(self.pages) else {}
        return {**self.change_set, "Changes": self.pages[at], **more}


class SignedWire(Wire):
    """A wire that sees as whom each request is signed."""

    world: Releases

    def _answer(
        self, model: OperationModel, request_signer: RequestSigner | None = None, **more: object
    ) -> tuple[Any, Record]:
        keys = request_signer._credentials if request_signer else None
        self.world.signed.append((model.name, keys.access_key if keys else ""))
        return super()._answer(model, **more)
