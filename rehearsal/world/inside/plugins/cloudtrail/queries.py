"""The parameters of AWS's query protocol, which are flat, as their model has them."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from botocore.model import Shape


def unfolded(shape: Shape, form: Mapping[str, str], *, ec2: bool, prefix: str = "") -> Any:
    """What stands below the prefix; nothing where nothing does.

    Args:
        shape: what it should be.
        form: the request's names and values, such as `Tags.member.1.Key`.
        ec2: whether it is EC2's variant, whose lists have no `member`.
        prefix: where to look, with no dot at its end.
    """
    if prefix and not any(name == prefix or name.startswith(f"{prefix}.") for name in form):
        return None
    if shape.type_name == "structure":
        found = {
            name: unfolded(member, form, ec2=ec2, prefix=_below(prefix, _wire(name, member, ec2)))
            for name, member in shape.members.items()
        }
        return {name: value for name, value in found.items() if value is not None}
    flat = ec2 or shape.serialization.get("flattened", False)
    if shape.type_name == "list":
        item = shape.member.serialization.get("name", "member")
        below = prefix if flat else f"{prefix}.{item}"
        return _numbered(shape.member, form, below, ec2=ec2)
    if shape.type_name == "map":
        below = prefix if flat else f"{prefix}.entry"
        key, value = (each.serialization.get("name") for each in (shape.key, shape.value))
        keys = _numbered(shape.key, form, below, ec2=ec2, suffix=f".{key or 'key'}")
        values = _numbered(shape.value, form, below, ec2=ec2, suffix=f".{value or 'value'}")
        return dict(zip(keys, values, strict=False))
    return form.get(prefix)


def _numbered(
    shape: Shape, form: Mapping[str, str], below: str, *, ec2: bool, suffix: str = ""
) -> list[Any]:
    found: list[Any] = []
    for number in count(1):
        value = unfolded(shape, form, ec2=ec2, prefix=f"{below}.{number}{suffix}")
        if value is None:
            return found
        found.append(value)
    raise AssertionError


def _wire(name: str, member: Shape, ec2: bool) -> str:  # noqa: FBT001 - of this module only
    if not ec2:
        return str(member.serialization.get("name", name))
    if "queryName" in member.serialization:
        return str(member.serialization["queryName"])
    wire = str(member.serialization.get("name", name))
    return wire[:1].upper() + wire[1:]


def _below(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name
