"""CloudTrail's events in their real shape ("CloudTrail record contents"), of whom and of what."""

from collections.abc import Mapping
from typing import Any

from lockgate.audit.event import Machines

ACCOUNT, REGION = "111122223333", "eu-central-1"
MACHINES = Machines(delivery="acme", partition="aws", region=REGION, account=ACCOUNT)
Event = dict[str, Any]
Identity = Mapping[str, Any]


def session(role_path: str, name: str = "jo@example.com", *, mfa: str = "false") -> Identity:
    """A session of a role, by the role's path and name."""
    role = role_path.rpartition("/")[2]
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLEEXAMPLE123:{name}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAEXAMPLE",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAEXAMPLEEXAMPLE123",
                "arn": f"arn:aws:iam::{ACCOUNT}:role/{role_path}",
                "accountId": ACCOUNT,
                "userName": role,
            },
            "attributes": {"creationDate": "2026-03-02T09:00:00Z", "mfaAuthenticated": mfa},
        },
    }


USER: Identity = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLEEXAMPLE123",
    "arn": f"arn:aws:iam::{ACCOUNT}:user/jo",
    "accountId": ACCOUNT,
    "accessKeyId": "AKIAEXAMPLE",
    "userName": "jo",
}
ROOT: Identity = {
    "type": "Root",
    "principalId": ACCOUNT,
    "arn": f"arn:aws:iam::{ACCOUNT}:root",
    "accountId": ACCOUNT,
    "accessKeyId": "ASIAEXAMPLE",
}
SIGNED_IN = session(
    "aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admin_0123456789abcdef"
)
ENGINEER = session("acme/people/acme-devops-engineer")
ANALYST = session("acme/people/acme-security-analyst")
ADMINISTRATOR = session("acme/people/acme-cloud-administrator")
HOOK = session("acme/orders/prod/acme-orders-prod-PreTrafficRole", "acme-orders-prod-pre-traffic")
BUILD = session("acme/orders/pipeline/acme-orders-pipeline-VerifyJobRole", "AWSCodeBuild-1")
ACTION = session("acme/orders/pipeline/acme-orders-pipeline-ActionsPackageRole", "1700000000000")


def by(service: str, role_path: str = "acme/orders/pipeline/acme-orders-prod-deploy") -> Identity:
    """A role of the delivery with which a service acts."""
    return {**session(role_path, "AWSCloudFormation"), "invokedBy": f"{service}.amazonaws.com"}


CLOUDFORMATION = by("cloudformation")


def event(
    source: str,
    name: str,
    who: Identity = SIGNED_IN,
    /,
    *,
    error: str | None = None,
    message: str | None = None,
    **parameters: Any,  # noqa: ANN401 (a call's parameters are anything)
) -> Event:
    """One API call as a management event."""
    failure = {"errorCode": error} if error else {}
    said = {"errorMessage": message} if message else {}
    return {
        "eventVersion": "1.11",
        "userIdentity": dict(who),
        "eventTime": "2026-03-02T09:26:53Z",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": who.get("invokedBy", "203.0.113.7"),
        "userAgent": who.get("invokedBy", "aws-cli/2.31.0"),
        **failure,
        **said,
        "requestParameters": parameters or None,
        "responseElements": None,
        "requestID": "b9c2b0a4-0000-4000-8000-000000000001",
        "eventID": "b9c2b0a4-0000-4000-8000-000000000002",
        "readOnly": name.startswith(("Get", "List", "Describe", "Assume")),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }


def of_itself(source: str, name: str, /, **more: Any) -> Event:  # noqa: ANN401
    """What a service tells of itself ("AWS service events"): nobody called it."""
    who = {"accountId": ACCOUNT, "invokedBy": "AWS Internal"}
    told = {"eventType": "AwsServiceEvent", "sourceIPAddress": "AWS Internal"}
    return event(source, name, who) | told | {"readOnly": False} | more


def sign_in(result: str, *, mfa: str = "Yes", who: Identity = USER) -> Event:
    """A sign-in to the console: `Success` or `Failure`."""
    failed = result == "Failure"
    made = event("signin", "ConsoleLogin", who, message="Failed authentication" if failed else None)
    return made | {
        "responseElements": {"ConsoleLogin": result},
        "additionalEventData": {
            "LoginTo": "https://console.aws.amazon.com/console/home",
            "MobileVersion": "No",
            "MFAUsed": mfa,
        },
        "eventType": "AwsConsoleSignIn",
    }
