"""Defects of roles, and of what their policies allow."""

from tests.mutations.changes import (
    add,
    allow,
    allows,
    denies,
    drop,
    drop_in,
    plant,
    put,
    put_in,
    says,
    trusts,
    undeny,
)
from tests.mutations.mutation import Change, Mutation, Where

ROLE, POLICY = "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"
DEPUTY = "IAM User Guide, The confused deputy problem"
LEAST = "AWS Well-Architected Framework, SEC03-BP02"
PASS = "iam:PassRole"
TRUST = "Properties.AssumeRolePolicyDocument.Statement.0"
ROOT = {"AWS": "arn:aws:iam::111122223333:root"}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def role(name: str, source: str, where: Where, change: Change) -> Mutation:
    return Mutation(name=name, source=source, resource_type=ROLE, where=where, change=change)


def policy(name: str, source: str, where: Where, change: Change) -> Mutation:
    return Mutation(name=name, source=source, resource_type=POLICY, where=where, change=change)


SEEDS = (
    role(
        "a role has no boundary",
        "AWS Well-Architected Framework, SEC03-BP05",
        trusts("lambda.amazonaws.com"),
        drop("Properties.PermissionsBoundary"),
    ),
    role(
        "a service's role has the pipelines' boundary",
        "AWS Well-Architected Framework, SEC03-BP05",
        says("-workload"),
        put("Properties.PermissionsBoundary", "arn:aws:iam::1:policy/lockgate-toolchain"),
    ),
    role(
        "a build's role serves builds of any account",
        DEPUTY,
        trusts("codebuild.amazonaws.com"),
        drop(f"{TRUST}.Condition"),
    ),
    role(
        "a build's role serves each project of the account",
        DEPUTY,
        trusts("codebuild.amazonaws.com"),
        drop(f"{TRUST}.Condition.ArnLike"),
    ),
    role(
        "traffic is shifted for deployment groups of any account",
        DEPUTY,
        trusts("codedeploy.amazonaws.com"),
        drop(f"{TRUST}.Condition.StringEquals"),
    ),
    role(
        "a state machine of any account looks at canaries",
        DEPUTY,
        trusts("states.amazonaws.com"),
        put(f"{TRUST}.Condition.StringEquals", {"aws:SourceAccount": "*"}),
    ),
    role(
        "a rule of any account starts releases",
        DEPUTY,
        trusts("events.amazonaws.com"),
        drop(f"{TRUST}.Condition"),
    ),
    role(
        "a function's role is locked out by a source that Lambda does not send",
        "lockgate.trust, as the Lambda Developer Guide documents none",
        trusts("lambda.amazonaws.com"),
        put(f"{TRUST}.Condition", {"StringEquals": {"aws:SourceAccount": "111122223333"}}),
    ),
    role(
        "a service that nobody thought of has a role",
        DEPUTY,
        trusts("lambda.amazonaws.com"),
        put(f"{TRUST}.Principal", {"Service": "ec2.amazonaws.com"}),
    ),
    role(
        "an action's role is everybody's in the account",
        "aws-cdk GHSA-5pq3-h73f-66hr",
        says("Create the change set"),
        put(f"{TRUST}.Principal", ROOT),
    ),
    role(
        "a role is everybody's",
        "FSBP IAM",
        says("Create the change set"),
        put(f"{TRUST}.Principal", {"AWS": "*"}),
    ),
    role(
        "any repository of a provider has a role",
        "IAM User Guide, OIDC federation: limit by claims",
        says("Create the change set"),
        put(f"{TRUST}.Principal", {"Federated": "arn:aws:iam::1:oidc-provider/actions.example"}),
    ),
    role(
        "a role has an inline policy",
        "NIST 800-53 AC-6",
        trusts("lambda.amazonaws.com"),
        put(
            "Properties.Policies",
            [{"PolicyName": "more", "PolicyDocument": {"Statement": []}}],
        ),
    ),
    role(
        "a role has AWS's policy for administrators",
        "AwsSolutions-IAM4",
        trusts("lambda.amazonaws.com"),
        add("Properties.ManagedPolicyArns", ADMINISTRATOR),
    ),
    policy(
        "a role is handed to any service",
        "IAM User Guide, Grant a user permissions to pass a role to an AWS service",
        allows(PASS, "PassedToService"),
        drop_in(PASS, "Condition"),
    ),
    policy(
        "a role is handed to all of AWS's services by a pattern",
        "IAM User Guide, Grant a user permissions to pass a role to an AWS service",
        allows(PASS, "PassedToService"),
        put_in(PASS, "Condition", {"StringLike": {"iam:PassedToService": "*"}}),
    ),
    policy(
        "any role is handed to CloudFormation",
        LEAST,
        allows(PASS, "cloudformation.amazonaws.com"),
        put_in(PASS, "Resource", "*"),
    ),
    policy(
        "a role does all that S3 offers",
        "FSBP IAM.21",
        allows("s3:PutObject", "ResourceAccount"),
        put_in("s3:PutObject", "Action", "s3:*"),
    ),
    policy(
        "a role deletes artifacts",
        "OWASP CICD-SEC-9",
        allows("s3:PutObject", "ResourceAccount"),
        put_in("s3:PutObject", "Action", ["s3:PutObject", "s3:DeleteObject"]),
    ),
    policy(
        "a role writes into buckets of other accounts",
        "Amazon S3 User Guide, Bucket owner condition",
        allows("s3:PutObject", "ResourceAccount"),
        drop_in("s3:PutObject", "Condition"),
    ),
    policy(
        "a role decrypts whatever it is given",
        "FSBP KMS.1",
        allows("kms:Decrypt", "ViaService"),
        drop_in("kms:Decrypt", "Condition"),
    ),
    policy(
        "a role reads each secret of the account",
        "FSBP SecretsManager; OWASP CICD-SEC-6",
        allows("secretsmanager:GetSecretValue", "Ref"),
        put_in("secretsmanager:GetSecretValue", "Resource", "*"),
    ),
    policy(
        "CodeDeploy moves the alias of any function",
        "aws-cdk issue 10276",
        allows("lambda:UpdateAlias", ":function:"),
        put_in("lambda:UpdateAlias", "Resource", "*"),
    ),
    policy(
        "the pipeline assumes any role",
        LEAST,
        allows("sts:AssumeRole"),
        put_in("sts:AssumeRole", "Resource", "*"),
    ),
    policy(
        "a build action starts any build",
        "OWASP CICD-SEC-5",
        allows("codebuild:StartBuild", "GetAtt"),
        put_in("codebuild:StartBuild", "Resource", "*"),
    ),
    policy(
        "an action executes any change set of its stack",
        LEAST,
        allows("cloudformation:ExecuteChangeSet", "ChangeSetName"),
        drop_in("cloudformation:ExecuteChangeSet", "Condition"),
    ),
    policy(
        "CloudFormation makes roles without a boundary",
        "IAM User Guide, Permissions boundaries for IAM entities",
        allows("iam:CreateRole", "iam:PermissionsBoundary"),
        drop_in("iam:CreateRole", "Condition"),
    ),
    policy(
        "CloudFormation attaches policies of AWS",
        "IAM User Guide, Permissions boundaries for IAM entities",
        allows("iam:AttachRolePolicy", "PolicyARN"),
        drop_in("iam:AttachRolePolicy", "Condition"),
    ),
    policy(
        "a gate sends any event",
        "EventBridge User Guide, Using IAM policy conditions",
        allows("events:PutEvents", "events:source"),
        drop_in("events:PutEvents", "Condition"),
    ),
    policy(
        "a hook does more than its job: it stops deployments",
        LEAST,
        says("(pre_traffic hook)"),
        allow("codedeploy:StopDeployment", resource="arn:aws:codedeploy:a:1:deploymentgroup:a/b"),
    ),
    policy(
        "the pipelines' boundary lets roles without one be made",
        "AWS Well-Architected Framework, SEC03-BP05",
        denies("iam:CreateRole"),
        undeny("iam:CreateRole"),
    ),
    policy(
        "the pipelines' boundary lets itself be changed",
        "AWS Well-Architected Framework, SEC03-BP05",
        denies("iam:DeletePolicy"),
        undeny("iam:DeletePolicy"),
    ),
    policy(
        "the services' boundary lets users be made",
        "AWS Well-Architected Framework, SEC03-BP05",
        says("(workload)"),
        allow("iam:CreateUser", resource="arn:aws:iam::111122223333:*"),
    ),
    policy(
        "the pipelines' boundary reaches buckets of other accounts",
        "Amazon S3 User Guide, Bucket owner condition",
        says("(toolchain)"),
        drop_in("s3:PutObject", "Condition"),
    ),
    policy(
        "a boundary is a role's policy",
        LEAST,
        says("(toolchain)"),
        put("Properties.Roles", [{"Ref": "SomeRole"}]),
    ),
    policy(
        "an action reads each repository of a connection",
        "OWASP CICD-SEC-8",
        allows("codecommit:UploadArchive"),
        allow("codeconnections:UseConnection"),
    ),
    role(
        "the template makes a user",
        "OWASP CICD-SEC-2",
        trusts("lambda.amazonaws.com"),
        plant("AWS::IAM::User", UserName="ci"),
    ),
    role(
        "the template makes a key that lasts",
        "OWASP CICD-SEC-6",
        trusts("lambda.amazonaws.com"),
        plant("AWS::IAM::AccessKey", UserName="ci"),
    ),
)
