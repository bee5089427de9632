"""Which places these credentials can bootstrap, and what that would do in each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from delivery import Delivery
from delivery.place import Place
from operations import aws, names
from operations.bootstrap import boundary, cdk, policy
from operations.bootstrap.execution import ExecutionPolicies
from operations.bootstrap.places import trusted
from operations.bootstrap.toolkit import Toolkit


@dataclass(frozen=True, kw_only=True)
class Work:
    """What there is to do in one place.

    Attributes:
        place: where.
        access: with which credentials.
        policies: our policies in that account; none where another place of it has them.
        replaced: the ARNs of policies that CloudFormation's role would no longer have.
        arguments: what the CDK CLI is told.
    """

    place: Place
    access: aws.Access
    policies: tuple[policy.Change, ...]
    replaced: tuple[str, ...]
    arguments: list[str]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that there is to do, and what must be left to other credentials."""

    works: tuple[Work, ...]
    left: tuple[tuple[Place, aws.Access], ...]


def plan(
    delivery: Delivery,
    places: Iterable[Place],
    *,
    profiles: Mapping[str, str],
    execution: ExecutionPolicies,
) -> Plan:
    """Look at each place with the credentials that its account has.

    Args:
        delivery: what is delivered.
        places: where.
        profiles: AWS profiles by account; the environment's credentials for all others.
        execution: the folders with CloudFormation's policies.

    Raises:
        OperationError: a file is missing, or no Region is known.
        BotoCoreError: there are no credentials, or AWS cannot be reached.
        ClientError: something may not be read.
    """
    works: list[Work] = []
    left: list[tuple[Place, aws.Access]] = []
    for place in places:
        profile = profiles.get(place.account or "")
        access = aws.access(profile, place.region)
        if place.account not in (None, access.account):
            left.append((place, access))
            continue
        here = Place(account=access.account, region=access.region)
        if any(work.place == here for work in works):
            continue
        toolkit = Toolkit.read(access.client("cloudformation"))
        unwanted = sorted(toolkit.trusted - {trusted(delivery, here)})
        policies: tuple[policy.Change, ...] = ()
        if not any(work.place.account == here.account for work in works):
            policies = _policies(delivery, access, execution.documents(delivery, here))
        works.append(
            Work(
                place=here,
                access=access,
                policies=policies,
                replaced=tuple(
                    sorted(toolkit.policies.difference(cdk.policy_arns(delivery, here)))
                ),
                arguments=cdk.arguments(delivery, here, untrusted=unwanted, profile=profile),
            )
        )
    return Plan(works=tuple(works), left=tuple(left))


def _policies(
    delivery: Delivery, access: aws.Access, execution: Mapping[str, policy.Document]
) -> tuple[policy.Change, ...]:
    iam = access.client("iam")
    wanted = {names.bootstrap_boundary(delivery): boundary.document(delivery), **execution}
    return tuple(policy.look(iam, access.account, name, after) for name, after in wanted.items())
