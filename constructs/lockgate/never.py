"""What no role of a delivery ever does, whatever its policies say: the boundaries deny it.

A boundary that does not list an action leaves it out for the role's own policies. A deny holds
also against a wider list of tomorrow, and against what the policy of a key or a bucket grants to a
role's session, which a boundary's silence does not limit (IAM User Guide, "Permissions boundaries
for IAM entities").
"""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam

from lockgate.permissions import deny

TRAIL = (
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
)
KEYS = ("kms:DisableKey", "kms:ScheduleKeyDeletion")
STORE = (
    "s3:BypassGovernanceRetention",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutBucketPolicy",
    "s3:PutObjectAcl",
    "s3:PutObjectLegalHold",
    "s3:PutObjectRetention",
)
# To open a build to others, to lend it their credentials, or to run it in a batch with settings
# that none of the conditions below look at.
BUILDS = (
    "codebuild:ImportSourceCredentials",
    "codebuild:PutResourcePolicy",
    "codebuild:StartBuildBatch",
    "codebuild:UpdateProjectVisibility",
)
UNBOUND = ("iam:DeleteRolePermissionsBoundary", "iam:PutRolePolicy")
ADMIT = ("iam:CreateAccessKey", "iam:CreateUser")
NEVER = (*TRAIL, *KEYS, *BUILDS, *UNBOUND, *ADMIT)
# To change whom functions trust, or which of them ask. Where code is signed only administrators
# do, outside of what the delivery's roles may.
TRUST = (
    "lambda:CreateCodeSigningConfig",
    "lambda:DeleteCodeSigningConfig",
    "lambda:DeleteFunctionCodeSigningConfig",
    "lambda:UpdateCodeSigningConfig",
)
# To change who signs it, or to take a signature back.
PROFILES = (
    "signer:AddProfilePermission",
    "signer:CancelSigningProfile",
    "signer:PutSigningProfile",
    "signer:RemoveProfilePermission",
    "signer:RevokeSignature",
    "signer:RevokeSigningProfile",
)

# What only CloudFormation's roles do, and only on a template that went through the gates. Nothing
# in a call tells that CloudFormation makes it with a service role: aws:CalledVia and
# aws:ViaAWSService are absent then (IAM User Guide, "AWS global condition context keys"). So these
# roles have a boundary of their own, and every other one denies this.
BY_CLOUDFORMATION = (
    "codebuild:CreateProject",
    "codebuild:UpdateProject",
    "codedeploy:UpdateDeploymentGroup",
    "codepipeline:DeletePipeline",
    "codepipeline:UpdatePipeline",
    "iam:AttachRolePolicy",
    "iam:CreatePolicyVersion",
    "iam:CreateRole",
    "iam:PutRolePermissionsBoundary",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "kms:PutKeyPolicy",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
)
# What only people do.
BY_PEOPLE = ("codepipeline:OverrideStageCondition", "codepipeline:PutApprovalResult")
# What only jobs do.
BY_JOBS = ("codebuild:StartBuild",)

# A build with another buildspec, image, role or certificate than its project's: the keys are in a
# request that overrides them and in no other (CodeBuild User Guide, "AWS CodeBuild condition
# keys"). CodePipeline overrides source, artifacts and variables, none of which is asked for.
OVERRIDDEN = (
    "codebuild:environment.certificate",
    "codebuild:environment.image",
    "codebuild:serviceRole",
    "codebuild:source.buildspec",
)
PRIVILEGED = "codebuild:environment.privilegedMode"


def by_jobs(also: Sequence[str] = ()) -> list[iam.PolicyStatement]:
    """What the role of a job never does, and `also`."""
    return [
        deny(sorted((*NEVER, *STORE, *BY_CLOUDFORMATION, *BY_PEOPLE, *also))),
        *(deny(BY_JOBS, conditions={"Null": {key: "false"}}) for key in OVERRIDDEN),
        deny(BY_JOBS, conditions={"Bool": {PRIVILEGED: "true"}}),
    ]


def by_cloudformation(
    made_within: Sequence[str], boundaries: Sequence[str], also: Sequence[str] = ()
) -> list[iam.PolicyStatement]:
    """What a role of CloudFormation's never does.

    Its boundary lists so much that `STORE` and `PROFILES` have no room in it; of objects it lists
    the reading, and of AWS Signer nothing.

    Args:
        made_within: ARNs of the boundaries of the roles that it makes; without one, or with
            another, it makes none.
        boundaries: ARNs that cover all boundaries of the account, which it cannot change.
        also: what else it never does.
    """
    return [
        deny(sorted((*NEVER, *BY_PEOPLE, *BY_JOBS, *also))),
        deny(
            ["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
            conditions={"StringNotEquals": {"iam:PermissionsBoundary": list(made_within)}},
        ),
        deny(
            [
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:SetDefaultPolicyVersion",
            ],
            boundaries,
        ),
    ]
