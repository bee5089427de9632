"""Known ways from a role's actions to more privileges than it was given.

Collected from the public lists of such paths (Rhino Security Labs, "AWS IAM privilege escalation
methods"; pathfinding.cloud; cloudsplaining), each put in our words. A role is on a path when it
has all of its actions, on whatever resource: what holds it then is said in `tests.iam.justified`.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

PASS = "iam:PassRole"


class Path(NamedTuple):
    """Actions that together give more than each, and what they give."""

    name: str
    actions: tuple[str, ...]


# fmt: off
PATHS = (
    Path("write a new version of a policy", ("iam:CreatePolicyVersion",)),
    Path("bring a policy's earlier version back", ("iam:SetDefaultPolicyVersion",)),
    Path("attach a policy to a role", ("iam:AttachRolePolicy",)),
    Path("attach a policy to a user", ("iam:AttachUserPolicy",)),
    Path("attach a policy to a group", ("iam:AttachGroupPolicy",)),
    Path("write a policy into a role", ("iam:PutRolePolicy",)),
    Path("write a policy into a user", ("iam:PutUserPolicy",)),
    Path("write a policy into a group", ("iam:PutGroupPolicy",)),
    Path("make an access key of another", ("iam:CreateAccessKey",)),
    Path("make a password of another", ("iam:CreateLoginProfile",)),
    Path("change another's password", ("iam:UpdateLoginProfile",)),
    Path("make another's service password", ("iam:CreateServiceSpecificCredential",)),
    Path("join a group", ("iam:AddUserToGroup",)),
    Path("let oneself into a role", ("iam:UpdateAssumeRolePolicy",)),
    Path("take a role's boundary away", ("iam:DeleteRolePermissionsBoundary",)),
    Path("widen a role's boundary", ("iam:PutRolePermissionsBoundary",)),
    Path("make a role with a policy", ("iam:CreateRole", "iam:AttachRolePolicy")),
    Path("assume another role", ("sts:AssumeRole",)),
    Path("trust another identity provider", ("iam:CreateOpenIDConnectProvider",)),
    Path("replace a provider's certificate", ("iam:UpdateSAMLProvider",)),
    Path("start a server with a role", (PASS, "ec2:RunInstances")),
    Path("put a role on a server", (PASS, "ec2:AssociateIamInstanceProfile")),
    Path("make a function with a role", (PASS, "lambda:CreateFunction", "lambda:InvokeFunction")),
    Path("make a function with a role that events start",
         (PASS, "lambda:CreateFunction", "lambda:CreateEventSourceMapping")),
    Path("make a function with a role that others invoke",
         (PASS, "lambda:CreateFunction", "lambda:AddPermission")),
    Path("make a function with a role, and wait", (PASS, "lambda:CreateFunction")),
    Path("replace a function's code", ("lambda:UpdateFunctionCode",)),
    Path("change what a function loads", ("lambda:UpdateFunctionConfiguration",)),
    Path("make a stack with a role", (PASS, "cloudformation:CreateStack")),
    Path("change a stack with a role", (PASS, "cloudformation:UpdateStack")),
    Path("change a stack with the role that it has", ("cloudformation:UpdateStack",)),
    Path("make and execute a change set with a role",
         (PASS, "cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet")),
    Path("make a change set with a role that another executes",
         (PASS, "cloudformation:CreateChangeSet")),
    Path("make a change set with the stack's role that another executes",
         ("cloudformation:CreateChangeSet",)),
    Path("execute a change set that another made", ("cloudformation:ExecuteChangeSet",)),
    Path("make a build with a role", (PASS, "codebuild:CreateProject", "codebuild:StartBuild")),
    Path("make a build with a role that another starts", (PASS, "codebuild:CreateProject")),
    Path("change what a build runs", ("codebuild:UpdateProject",)),
    Path("start a build with other commands", ("codebuild:StartBuild",)),
    Path("start a batch of builds with other commands", ("codebuild:StartBuildBatch",)),
    Path("make a pipeline with a role", (PASS, "codepipeline:CreatePipeline")),
    Path("change what a pipeline does", ("codepipeline:UpdatePipeline",)),
    Path("make a state machine with a role", (PASS, "states:CreateStateMachine")),
    Path("change what a state machine calls", ("states:UpdateStateMachine",)),
    Path("let a rule start something with a role", (PASS, "events:PutRule", "events:PutTargets")),
    Path("let a schedule start something with a role", (PASS, "scheduler:CreateSchedule")),
    Path("run a container with a role",
         (PASS, "ecs:RegisterTaskDefinition", "ecs:RunTask")),
    Path("serve a container with a role",
         (PASS, "ecs:RegisterTaskDefinition", "ecs:CreateService")),
    Path("start a notebook with a role", (PASS, "sagemaker:CreateNotebookInstance")),
    Path("make a job of Glue with a role", (PASS, "glue:CreateJob")),
    Path("make an endpoint of Glue with a role", (PASS, "glue:CreateDevEndpoint")),
    Path("make a data pipeline with a role", (PASS, "datapipeline:CreatePipeline")),
    Path("run commands on a server", ("ssm:SendCommand",)),
    Path("open a session on a server", ("ssm:StartSession",)),
    Path("run a document with a role", (PASS, "ssm:StartAutomationExecution")),
    Path("send a key to a server", ("ec2-instance-connect:SendSSHPublicKey",)),
    Path("open a key to oneself", ("kms:PutKeyPolicy",)),
    Path("be granted a key", ("kms:CreateGrant",)),
    Path("open a secret to oneself", ("secretsmanager:PutResourcePolicy",)),
    Path("open a bucket to oneself", ("s3:PutBucketPolicy",)),
    Path("open a function to oneself", ("lambda:AddPermission",)),
)
# fmt: on


def paths(actions: Iterable[str]) -> Iterator[Path]:
    """The paths that these actions open."""
    known = {action.lower() for action in actions}
    for path in PATHS:
        if all(action.lower() in known for action in path.actions):
            yield path
