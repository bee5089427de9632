"""A delivery has no users, and no keys that last."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template

# Each is wrong wherever it stands; the property that shows whom it is for.
USERS = {
    "AWS::IAM::AccessKey": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": "Users",
}


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    yield USERS[resource["Type"]]


RULE = Rule(
    id="LG-NoUsers",
    what="The template makes an IAM user, a group or an access key: a credential that lasts until "
    "somebody takes it away, wherever a copy of it has gone.",
    fix="Make a role, which people assume through IAM Identity Center and services by their trust.",
    source="AWS Well-Architected Framework, SEC02-BP02; OWASP Top 10 CI/CD Security Risks, "
    "CICD-SEC-6: Insufficient Credential Hygiene",
    resource_types=tuple(USERS),
    breaches=_breaches,
)
