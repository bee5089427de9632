"""The assembly compared with what is deployed, place by place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from operations import aws
from operations.plan import orphans, resources, stages
from operations.plan.deployed import CloudFormation, Deployed
from operations.plan.resources import Difference
from operations.wrong import OperationError
from rehearsal.assembly import Stack

Where = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class StackPlan:
    """What would become of one stack of the assembly.

    Attributes:
        name: its name.
        status: as CloudFormation has it, None where the stack is not there.
        stages: the changes of the pipeline in it.
        difference: of its resources.
    """

    name: str
    status: str | None
    stages: tuple[stages.Change, ...]
    difference: Difference

    @property
    def goes(self) -> bool:
        """Whether something would be taken away."""
        return bool(self.difference.going) or any(change.goes for change in self.stages)


@dataclass(frozen=True, kw_only=True)
class PlacePlan:
    """What would become of all that is in one account and Region.

    Attributes:
        account: the account.
        region: the Region.
        stacks: those of the assembly.
        orphans: those that are deployed and not in it.
    """

    account: str
    region: str
    stacks: tuple[StackPlan, ...]
    orphans: tuple[Deployed, ...]

    @property
    def goes(self) -> bool:
        """Whether something would be taken away, or is left behind."""
        return bool(self.orphans) or any(stack.goes for stack in self.stacks)


def compare(
    delivery_name: str, account: str, region: str, assembly: Iterable[Stack], asked: CloudFormation
) -> PlacePlan:
    """Compare the assembly's stacks of one place with what is there.

    Args:
        delivery_name: leads the names of its stacks.
        account: the account.
        region: the Region.
        assembly: the stacks that belong there.
        asked: CloudFormation there.

    Raises:
        OperationError: a stack was not deployed from an assembly.
        ClientError: something may not be read.
    """
    wanted = {stack.name: stack for stack in assembly}
    there = asked.stacks(f"{delivery_name}-")
    return PlacePlan(
        account=account,
        region=region,
        stacks=tuple(_stack(stack, there.get(name), asked) for name, stack in wanted.items()),
        orphans=tuple(orphans.orphans(delivery_name, there, wanted)),
    )


def _stack(stack: Stack, there: Deployed | None, asked: CloudFormation) -> StackPlan:
    before = there.template if there else {}
    if there and not before:
        raise OperationError(
            f"{stack.name} is deployed from a template that is not JSON, so not from this app\n"
            "  to do: find out who deployed it; make diff shows how it differs"
        )
    return StackPlan(
        name=stack.name,
        status=there.status if there else None,
        stages=tuple(stages.changes(before, stack.template)) if there else (),
        difference=resources.difference(before, stack.template, asked.create_only),
    )


def by_place(stacks: Iterable[Stack], home: Where) -> Mapping[Where, list[Stack]]:
    """The assembly's stacks by account and Region; the home's where they name none."""
    found: dict[Where, list[Stack]] = {home: []}
    for stack in stacks:
        place = (stack.account or home[0], stack.region or home[1])
        found.setdefault(place, []).append(stack)
    return found


def accesses(
    places: Iterable[Where], profiles: Mapping[str, str]
) -> tuple[dict[Where, aws.Access], dict[Where, aws.Access]]:
    """For each place the credentials that reach it; and those that are another account's.

    Raises:
        BotoCoreError: there are no credentials, or AWS cannot be reached.
        ClientError: the credentials are not valid.
    """
    reached: dict[Where, aws.Access] = {}
    strange: dict[Where, aws.Access] = {}
    for account, region in places:
        access = aws.access(profiles.get(account), region)
        found = reached if access.account == account else strange
        found[account, region] = access
    return reached, strange
