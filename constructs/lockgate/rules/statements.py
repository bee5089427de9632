"""The statements of the policies in a template, as the rules look at them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from lockgate.rules.rule import Resource, Template, listed, mapping, properties, resources

# Policies that say what their holder may do, and the property that holds the document.
IDENTITY_POLICIES = {
    "AWS::IAM::GroupPolicy": "PolicyDocument",
    "AWS::IAM::ManagedPolicy": "PolicyDocument",
    "AWS::IAM::Policy": "PolicyDocument",
    "AWS::IAM::RolePolicy": "PolicyDocument",
    "AWS::IAM::UserPolicy": "PolicyDocument",
}
# Policies that say who else may use a resource.
RESOURCE_POLICIES = {
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}
# Operators that let a request pass only where the key is there and has the value.
REQUIRING = {"ArnEquals", "ArnLike", "Bool", "StringEquals", "StringLike"}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy, its values as text; `where` is its property."""

    where: str
    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def takes(self, action: str) -> bool:
        """Whether its actions, patterns included, name this one."""
        return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in self.actions)

    def covers(self, resource: str) -> bool:
        """Whether its resources, patterns included, cover this one."""
        return any(fnmatchcase(resource, pattern) for pattern in self.resources)

    def required(self, key: str) -> tuple[str, ...]:
        """The values that a condition requires of a key; of all keys below it where it ends in *.

        None where no condition requires it: a negated operator, or one that is content with an
        absent key, keeps nobody out.
        """
        return tuple(
            value
            for operator, keys in self.conditions.items()
            if operator in REQUIRING
            for name, values in keys.items()
            if fnmatchcase(name.lower(), key.lower())
            for value in values
        )


def text(value: object) -> str:
    """A value as text; what only the deployment knows stands in <>, without colons."""
    match value:
        case {"Fn::Join": [delimiter, items]}:
            return str(delimiter).join(text(item) for item in items)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Fn::ImportValue": name}:
            return f"<{text(name).replace(':', '.')}>"
        case {"Fn::Sub": str() as template}:
            return re.sub(r"\$\{(?:AWS::)?([^}]+)\}", r"<\1>", template)
        case {"Ref": str() as name}:
            return f"<{name.removeprefix('AWS::')}>"
    return str(value)


def parse(where: str, document: object) -> Iterator[Statement]:
    """The statements of a policy; what NotAction and its like leave open counts as `*`."""
    for index, found in enumerate(map(mapping, listed(mapping(document).get("Statement")))):
        yield Statement(
            where=f"{where}.Statement.{index}",
            allows=found.get("Effect") == "Allow",
            actions=_texts(found.get("Action", "*")),
            resources=_texts(found.get("Resource", "*")),
            principals=tuple(_principals(found)),
            conditions={
                operator: {key: _texts(values) for key, values in mapping(keys).items()}
                for operator, keys in mapping(found.get("Condition")).items()
            },
        )


def _principals(found: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    named = found.get("Principal", "*" if "NotPrincipal" in found else {})
    for kind, whom in (named if isinstance(named, Mapping) else {"AWS": named}).items():
        yield from ((kind, who) for who in _texts(whom))


def _texts(values: object) -> tuple[str, ...]:
    return tuple(text(value) for value in listed(values))


def trust(role: Resource) -> list[Statement]:
    """Who may assume a role."""
    name = "AssumeRolePolicyDocument"
    return list(parse(name, properties(role).get(name)))


def granted(resource: Resource, template: Template) -> Iterator[Statement]:
    """What a policy, or a role's inline policies, allow; a boundary grants nothing."""
    if _is_boundary(resource, template):
        return
    found = properties(resource)
    documents = {f"Policies.{i}.PolicyDocument": p for i, p in _inline(found)}
    if name := IDENTITY_POLICIES.get(resource["Type"]):
        documents[name] = found.get(name)
    for where, document in documents.items():
        yield from (statement for statement in parse(where, document) if statement.allows)


def _inline(found: Mapping[str, object]) -> Iterator[tuple[int, object]]:
    for index, policy in enumerate(listed(found.get("Policies"))):
        yield index, mapping(policy).get("PolicyDocument")


def _is_boundary(policy: Resource, template: Template) -> bool:
    """Whether a policy lies under a path for boundaries and nobody in the template holds it."""
    found = properties(policy)
    if not str(found.get("Path", "")).endswith("/boundary/"):
        return False
    attached = {
        logical_id
        for role in resources(template, "AWS::IAM::Role").values()
        for arn in listed(properties(role).get("ManagedPolicyArns"))
        for logical_id in re.findall(r"<(\w+)>", text(arn))
    }
    held = any(found.get(holders) for holders in ("Roles", "Users", "Groups"))
    return not held and not any(
        logical_id in attached
        for logical_id, other in resources(template, policy["Type"]).items()
        if other is policy
    )


def shared(resource: Resource) -> list[Statement]:
    """What a resource's policy says to others."""
    name = RESOURCE_POLICIES[resource["Type"]]
    return list(parse(name, properties(resource).get(name)))
