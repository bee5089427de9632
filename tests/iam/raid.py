"""Attacks on a delivery by its own roles."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from stacks import names
from tests.assembly import Assembly
from tests.iam.attacks import ATTACKS, Attack
from tests.iam.concrete import account, arn_of, concrete, in_account, region
from tests.iam.people import ADMINISTRATOR
from tests.iam.policies import boundary_names
from tests.iam.simulate import Actor, may


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """An attack by a role that IAM lets through."""

    actor: Actor
    attack: Attack


def raid(assembly: Assembly, actor: Actor) -> Iterator[Attempt]:
    """What is let through, what is the role's job included."""
    known = {**words(assembly), **words_of(actor)}
    for attack in ATTACKS:
        if may(assembly, actor, attack.request(known)):
            yield Attempt(actor=actor, attack=attack)


@lru_cache(maxsize=4)
def words(assembly: Assembly) -> dict[str, str]:
    """The names of a delivery, and of a service beside its first, which it need not have."""
    delivery = assembly.delivery
    service = delivery.services[0]
    environment = service.environments[-1]
    pipeline = names.pipeline(delivery, service)
    stack, other = f"{pipeline}-{environment}", f"{delivery.name}-billing"
    boundary = f"policy/{delivery.name}/boundary"
    kinds = boundary_names(assembly)
    alarm = next(id_ for _, id_, _ in assembly.resources("AWS::CloudWatch::Alarm", stack))
    return {
        "account": account(assembly),
        "alarm": arn_of(assembly, stack, alarm),
        "boundary": in_account(assembly, "iam", f"{boundary}/{kinds['workload']}"),
        "branch": service.source.branch,
        "delivery": delivery.name,
        "environment": environment,
        "gate_boundary": in_account(assembly, "iam", f"{boundary}/{kinds['gate']}"),
        "key": concrete(assembly, stack, f"<{names.export(delivery, names.ARTIFACT_KEY)}>"),
        "other": other,
        "other_deployer": in_account(
            assembly,
            "iam",
            f"role/{delivery.name}/billing/pipeline/{other}-{environment}-deploy",
        ),
        "other_stack": f"{other}-{environment}",
        "person": in_account(
            assembly, "iam", f"role/{delivery.name}/people/{delivery.name}-{ADMINISTRATOR}"
        ),
        "pipeline": pipeline,
        "region": region(assembly),
        "repository": delivery.repository(service),
        "stack": stack,
        "store": concrete(assembly, stack, f"<{names.export(delivery, names.ARTIFACTS)}>"),
    }


def words_of(actor: Actor) -> dict[str, str]:
    """What depends on who attacks: itself, its boundary, a role that it could have made."""
    makes = [
        r for s in actor.own if s.allows and "iam:CreateRole" in s.actions for r in s.resources
    ]
    own_path, _, _ = actor.arn.rpartition("/")
    return {
        "self": actor.arn,
        "own_boundary": actor.bound,
        "made": makes[0].replace("*", "made") if makes else f"{own_path}/made",
    }
