"""A connection leads each role to one repository, and a pipeline to one branch of it."""

from collections.abc import Iterable, Iterator

from lockgate.connection import PREFIXES
from lockgate.rules.holders import holders
from lockgate.rules.rule import Resource, Rule, Template
from lockgate.rules.statements import IDENTITY_POLICIES, Statement, granted, trust

# Whatever names a repository carries the key; CodePipeline asks for the connection without.
HOLDING = ("StringEquals", "StringEqualsIfExists")
BUILDS = {("Service", "codebuild.amazonaws.com")}


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    for statement in granted(resource, template):
        for prefix in PREFIXES:
            if statement.takes(f"{prefix}:UseConnection"):
                yield from _wide(statement, prefix, by_branch=not _builds(resource, template))


def _wide(statement: Statement, prefix: str, *, by_branch: bool) -> Iterator[str]:
    if any("*" in arn for arn in statement.resources):
        yield f"{statement.where}.Resource"
    for key in ("FullRepositoryId", *(["BranchName"] if by_branch else [])):
        if len(_held(statement, f"{prefix}:{key}")) != 1:
            yield f"{statement.where}.Condition ({prefix}:{key})"


def _held(statement: Statement, key: str) -> tuple[str, ...]:
    return tuple(
        value
        for operator in HOLDING
        for name, values in statement.conditions.get(operator, {}).items()
        if name.lower() == key.lower()
        for value in values
    )


def _builds(resource: Resource, template: Template) -> bool:
    """Whether CodeBuild alone holds it: a pull request comes from a branch of any name."""
    trusts = [statement for role in holders(resource, template) for statement in trust(role)]
    return bool(trusts) and all(set(statement.principals) == BUILDS for statement in trusts)


RULE = Rule(
    id="LG-ConnectionScope",
    what="The role may use the connection for more than its own repository and branch: whoever "
    "gets hold of it reads every repository that the provider's app is installed for.",
    fix="Name the connection in Resource, and hold codeconnections:FullRepositoryId and BranchName "
    "(and those of codestar-connections) to one value each, by StringEquals or "
    "StringEqualsIfExists. A role that CodeBuild alone assumes needs no BranchName.",
    source="Developer Tools console User Guide, AWS CodeConnections permissions reference; OWASP "
    "Top 10 CI/CD Security Risks, CICD-SEC-8",
    resource_types=("AWS::IAM::Role", *IDENTITY_POLICIES),
    breaches=_breaches,
)
