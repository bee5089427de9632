"""The most that CloudFormation's role in a bootstrapped account may ever do.

It holds whatever policy that role has, also one that somebody attaches later. In the form of the
CDK's own example (`bootstrap-template.yaml`): a boundary that allows nothing would deny all, so
it allows everything and then denies what no deployment of a delivery does.
"""

from typing import Any

from delivery import Delivery
from operations import names

BOOTSTRAP_ROLES = f"arn:aws:iam::*:role/cdk-{names.QUALIFIER}-*"
CHANGE_POLICY = (
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
)
UNBOUND = (
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutRolePolicy",
)
CHANGE_ROLE = (
    "iam:AttachRolePolicy",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
)
MAKE_ROLE = ("iam:CreateRole", "iam:PutRolePermissionsBoundary")
ADMIT = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateGroup",
    "iam:CreateLoginProfile",
    "iam:CreateOpenIDConnectProvider",
    "iam:CreateSAMLProvider",
    "iam:CreateServiceSpecificCredential",
    "iam:CreateUser",
    "iam:PutGroupPolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
    "iam:UpdateAccessKey",
    "iam:UpdateLoginProfile",
)
# What people decide and what pipelines start is no part of a deployment.
RELEASE = (
    "codebuild:StartBuild",
    "codebuild:StartBuildBatch",
    "codepipeline:OverrideStageCondition",
    "codepipeline:PutApprovalResult",
)
OPEN_BUILDS = ("codebuild:ImportSourceCredentials", "codebuild:PutResourcePolicy")
TOUCH_OBJECTS = (
    "s3:BypassGovernanceRetention",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectAcl",
    "s3:PutObjectLegalHold",
    "s3:PutObjectRetention",
)
HIDE = (
    "cloudtrail:DeleteTrail",
    "cloudtrail:StopLogging",
    "kms:DeleteImportedKeyMaterial",
    "kms:DisableKey",
    "kms:ScheduleKeyDeletion",
)
GOVERN = (
    "account:*",
    "iam:CreateAccountAlias",
    "iam:DeleteAccountAlias",
    "iam:DeleteAccountPasswordPolicy",
    "iam:UpdateAccountPasswordPolicy",
    "organizations:*",
    "s3:PutAccountPublicAccessBlock",
)


def document(delivery: Delivery) -> dict[str, Any]:
    """The policy document; a policy acts in its own account, so its ARNs name none."""
    policies = [
        f"arn:aws:iam::*:policy/{name}"
        for name in (
            names.bootstrap_boundary(delivery),
            *names.execution_policies(delivery).values(),
        )
    ]
    made_within = f"arn:aws:iam::*:policy/{delivery.name}/boundary/*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Boundary", "Effect": "Allow", "Action": ["*"], "Resource": ["*"]},
            _deny("KeepItsOwnLimits", CHANGE_POLICY, *policies),
            _deny("KeepTheLimitsOfOthers", UNBOUND),
            _deny("LeaveTheBootstrapAlone", CHANGE_ROLE, BOOTSTRAP_ROLES),
            _deny("MakeRolesWithinABoundary", MAKE_ROLE)
            | {"Condition": {"ArnNotLike": {"iam:PermissionsBoundary": [made_within]}}},
            _deny("AdmitNobody", ADMIT),
            _deny("KeepTheTrailAndTheKeys", HIDE),
            _deny("ReleaseNothing", RELEASE),
            _deny("OpenNoBuild", OPEN_BUILDS),
            _deny("TouchNoObject", TOUCH_OBJECTS),
            _deny("GovernNoAccount", GOVERN),
        ],
    }


def _deny(sid: str, actions: tuple[str, ...], *resources: str) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Action": list(actions),
        "Resource": list(resources) or ["*"],
    }
