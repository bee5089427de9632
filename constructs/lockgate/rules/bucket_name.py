"""Nobody can take a bucket's name before we do."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, properties
from lockgate.rules.statements import text

ACCOUNT_REGIONAL = "account-regional"
# Ends each name in that namespace.
OF_THE_ACCOUNT = "-an"


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    bucket = properties(resource)
    if "BucketName" not in bucket:
        return
    of_the_account = text(bucket["BucketName"]).endswith(OF_THE_ACCOUNT)
    if bucket.get("BucketNamespace") != ACCOUNT_REGIONAL or not of_the_account:
        yield "BucketName"


RULE = Rule(
    id="LG-BucketName",
    what="The bucket has a name that anybody can guess, in a namespace that all accounts share: "
    "whoever makes it first, or once it is gone, gets what is stored under it.",
    fix="Leave BucketName out, so that CloudFormation ends the name at random, or use "
    "BucketNamePrefix with BucketNamespace account-regional.",
    source="Amazon S3 User Guide, Account regional namespaces for general purpose buckets; Aqua "
    "Security, Bucket Monopoly (2024)",
    resource_types=("AWS::S3::Bucket",),
    breaches=_breaches,
)
