"""Roles that no template has, to see that what looks for faults finds them."""

from dataclasses import replace

from tests.assembly import Assembly
from tests.iam.policies import Statement, parse, roles
from tests.iam.simulate import Actor, actor

ANY_BUILD = parse(
    "planted",
    {
        "Statement": {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "codebuild.amazonaws.com"},
        }
    },
)


def planted(assembly: Assembly, *statements: Statement, bounded: bool = False) -> Actor:
    """A role of the delivery that says something else, within its boundary or within none."""
    role = roles(assembly)[0]
    properties = {**role.properties, "Description": "Do what nobody asked for"}
    if not bounded:
        del properties["PermissionsBoundary"]
    stated = tuple(replace(each, where=f"{role.stack}/{each.where}") for each in statements)
    changed = replace(role, properties=properties, trust=ANY_BUILD, statements=stated)
    return actor(assembly, changed)
