"""The simulation lets every role do its job, and keeps to what a resource's own policy says."""

from collections.abc import Iterator

from tests.assembly import Assembly
from tests.iam.concrete import concrete
from tests.iam.decision import Request
from tests.iam.planted import planted
from tests.iam.policies import EVERYTHING, text
from tests.iam.simulate import Actor, actors, may


def work(actor: Actor) -> Iterator[Request]:
    """What the role's policies are for: each action on each resource, as conditions ask."""
    for statement in (each for each in actor.own if each.allows):
        context = {
            key: values[0].replace("*", "a")
            for keys in statement.conditions.values()
            for key, values in keys.items()
        }
        for action in statement.actions:
            for resource in statement.resources:
                named = resource if resource == "*" else resource.replace("*", "a")
                yield Request(action=action, resource=named, context=context)


def test_every_role_gets_through_with_its_job(assembly: Assembly) -> None:
    """Within its boundary, and by the policies of what it works on."""
    refused = [
        (actor.job, request)
        for actor in actors(assembly)
        for request in work(actor)
        if not may(assembly, actor, request)
    ]
    assert refused == []


def secret_of(assembly: Assembly) -> tuple[str, str]:
    """The ARN of a secret, and the job that reads it."""
    [(stack, _, policy), *_] = assembly.resources("AWS::SecretsManager::ResourcePolicy")
    return concrete(assembly, stack, text(policy["SecretId"])), f"Serve {stack}"


def test_a_secret_is_read_by_those_whom_its_own_policy_names(sample: Assembly) -> None:
    """Even an administrator without a boundary is refused."""
    secret, job = secret_of(sample)
    read = Request(action="secretsmanager:GetSecretValue", resource=secret)

    readers = {actor.job for actor in actors(sample) if may(sample, actor, read)}

    rotates = job.replace("Serve ", "Rotate the secrets of ")
    assert readers == {job, rotates}
    assert not may(sample, planted(sample, EVERYTHING), read)


def test_a_key_that_names_a_role_lets_it_in_where_its_boundary_does(sample: Assembly) -> None:
    """CloudFormation's role administers the key of its own stack, and no other."""
    keys = {
        f"{stack}-deploy": concrete(sample, stack, f"<{logical_id}.Arn>")
        for stack, logical_id, _ in sample.resources("AWS::KMS::Key")
    }
    deployers = [actor for actor in actors(sample) if actor.role.name in keys]
    assert len(deployers) >= 2
    for actor in deployers:
        for name, key in keys.items():
            request = Request(action="kms:PutKeyPolicy", resource=key)
            assert may(sample, actor, request) is (name == actor.role.name)


def test_without_an_entry_of_its_policies_nothing_is_let_through(sample: Assembly) -> None:
    read = Request(action="s3:GetObject", resource="arn:aws:s3:::a/b")

    assert not may(sample, planted(sample), read)
    assert may(sample, planted(sample, EVERYTHING), read)
