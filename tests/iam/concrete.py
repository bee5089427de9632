"""Names and ARNs as a deployment would make them, for requests that name a resource."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from tests.assembly import Assembly
from tests.iam.policies import Statement, text

ACCOUNT, REGION = "111122223333", "eu-central-1"
# The property with the chosen name of a type, and its ARN behind the account.
ARNS = {
    "AWS::CloudWatch::Alarm": ("AlarmName", "alarm:{}"),
    "AWS::CloudWatch::CompositeAlarm": ("AlarmName", "alarm:{}"),
    "AWS::CodeBuild::Project": ("Name", "project/{}"),
    "AWS::CodeCommit::Repository": ("RepositoryName", "{}"),
    "AWS::CodePipeline::Pipeline": ("Name", "{}"),
    "AWS::Events::Rule": ("Name", "rule/{}"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", "policy{path}{}"),
    "AWS::IAM::Role": ("RoleName", "role{path}{}"),
    "AWS::KMS::Key": ("", "key/{}"),
    "AWS::Lambda::CodeSigningConfig": ("", "code-signing-config:{}"),
    "AWS::Lambda::Function": ("FunctionName", "function:{}"),
    "AWS::Logs::LogGroup": ("LogGroupName", "log-group:{}:*"),
    "AWS::S3::Bucket": ("BucketName", "{}"),
    "AWS::SNS::Topic": ("TopicName", "{}"),
    "AWS::SecretsManager::Secret": ("Name", "secret:{}-AbCdEf"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "stateMachine:{}"),
}
# IAM's name of a service, where CloudFormation has another.
SERVICES = {"stepfunctions": "states"}
WITHOUT_REGION = {"iam", "s3"}
# Their Ref is an ARN and no name.
REF_IS_ARN = (
    "AWS::IAM::ManagedPolicy",
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
)
TOKEN = re.compile(r"<([^<>]+)>")


def concrete(assembly: Assembly, stack: str, value: str) -> str:
    """A flattened value of a stack's template, with what stands in <> filled in.

    Raises:
        KeyError: no template and no export has it.
    """
    return TOKEN.sub(lambda found: _token(assembly, stack, found[1]), value)


def concrete_statement(assembly: Assembly, statement: Statement) -> Statement:
    """A statement whose resources, conditions and principals are filled in."""
    stack = statement.where.partition("/")[0]

    def filled(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(concrete(assembly, stack, value) for value in values)

    return replace(
        statement,
        resources=filled(statement.resources),
        conditions={
            operator: {key: filled(values) for key, values in keys.items()}
            for operator, keys in statement.conditions.items()
        },
        principals=tuple(
            (kind, concrete(assembly, stack, who)) for kind, who in statement.principals
        ),
    )


def arn_of(assembly: Assembly, stack: str, logical_id: str) -> str:
    """The ARN of a resource of a stack."""
    resource = assembly.templates[stack]["Resources"][logical_id]
    _, service, _ = resource["Type"].lower().split("::")
    service = SERVICES.get(service, service)
    _, pattern = ARNS.get(resource["Type"], ("", "{}"))
    name = _name(assembly, stack, logical_id, resource)
    rest = pattern.format(name, path=resource.get("Properties", {}).get("Path", "/"))
    if service == "s3":
        return f"arn:aws:s3:::{rest}"
    return in_account(assembly, service, rest)


def in_account(assembly: Assembly, service: str, resource: str) -> str:
    """An ARN in the toolchain's account and Region."""
    place = "" if service in WITHOUT_REGION else region(assembly)
    return f"arn:aws:{service}:{place}:{account(assembly)}:{resource}"


def account(assembly: Assembly) -> str:
    """The toolchain's account, one that stands for it where it is not known."""
    return assembly.delivery.toolchain.account or ACCOUNT


def region(assembly: Assembly) -> str:
    """The toolchain's Region, one that stands for it where it is not known."""
    return assembly.delivery.toolchain.region or REGION


def _token(assembly: Assembly, stack: str, token: str) -> str:
    pseudo = {
        "AWS::AccountId": account(assembly),
        "AWS::Partition": "aws",
        "AWS::Region": region(assembly),
    }
    if token in pseudo:
        return pseudo[token]
    logical_id, _, attribute = token.partition(".")
    resource = assembly.templates[stack]["Resources"].get(logical_id)
    if resource is None:
        return _exports(assembly)[token]
    if attribute in ("Arn", "CodeSigningConfigArn") or (
        not attribute and resource["Type"] in REF_IS_ARN
    ):
        return arn_of(assembly, stack, logical_id)
    return _name(assembly, stack, logical_id, resource)


def _name(assembly: Assembly, stack: str, logical_id: str, resource: Mapping[str, Any]) -> str:
    chosen, _ = ARNS.get(resource["Type"], ("", ""))
    named = resource.get("Properties", {}).get(chosen) if chosen else None
    if named:
        return concrete(assembly, stack, text(named))
    made = f"{stack}-{logical_id}"
    return made.lower() if resource["Type"] == "AWS::S3::Bucket" else made


@lru_cache(maxsize=4)
def _exports(assembly: Assembly) -> dict[str, str]:
    return {
        text(output["Export"]["Name"]): concrete(assembly, stack, text(output["Value"]))
        for stack, template in assembly.templates.items()
        for output in template.get("Outputs", {}).values()
        if "Export" in output
    }
