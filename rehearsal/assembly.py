"""Read a cloud assembly: the stacks that a synth wrote, and what the rule packs said."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STACK = "aws:cloudformation:stack"
# What the manifest says of an account or a Region that only the credentials tell.
UNKNOWN = ("unknown-account", "unknown-region")


class AssemblyError(Exception):
    """The assembly cannot be read; the message says what, where and what to do."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One stack of the assembly.

    Attributes:
        name: its name in CloudFormation.
        account: its account, None for that of the credentials which deploy it.
        region: its Region, None likewise.
        protected: whether CloudFormation refuses to delete it.
        file: where its template was read.
        template: its template.
    """

    name: str
    account: str | None
    region: str | None
    protected: bool
    file: Path
    template: Mapping[str, Any]

    def of_type(self, resource_type: str) -> dict[str, Mapping[str, Any]]:
        """The properties of its resources of one type, by logical id."""
        return {
            logical_id: resource.get("Properties", {})
            for logical_id, resource in self.template["Resources"].items()
            if resource["Type"] == resource_type
        }


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """The stacks in the order of the manifest, and the rule packs' report with its file."""

    stacks: tuple[Stack, ...]
    report: Mapping[str, Any]
    report_file: Path

    def target(self, stack_name: str) -> str:
        """What customers of a service call: its function with its alias, by their chosen names."""
        stack = next(stack for stack in self.stacks if stack.name == stack_name)
        [alias] = stack.of_type("AWS::Lambda::Alias").values()
        function = stack.of_type("AWS::Lambda::Function")[alias["FunctionName"]["Ref"]]
        return f"{function['FunctionName']}:{alias['Name']}"


def read(folder: Path) -> Assembly:
    """Read the assembly in a folder.

    Raises:
        AssemblyError: a file is missing or is not what a synth writes.
    """
    manifest_file, report_file = folder / "manifest.json", folder / "validation-report.json"
    manifest = _json(manifest_file)
    with shape(manifest_file):
        stacks = tuple(
            _stack(folder, name, entry)
            for name, entry in manifest["artifacts"].items()
            if entry["type"] == STACK
        )
    if not stacks:
        raise AssemblyError(_message(manifest_file, "names no stack"))
    return Assembly(stacks=stacks, report=_json(report_file), report_file=report_file)


@contextmanager
def shape(file: Path) -> Iterator[None]:
    """Say which file it is when what it holds has not the shape that is read out of it.

    Raises:
        AssemblyError: in place of the error that a missing key or another type causes.
    """
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        found = f"is not what a synth writes ({type(error).__name__}: {error})"
        raise AssemblyError(_message(file, found)) from None


def _stack(folder: Path, name: str, entry: Mapping[str, Any]) -> Stack:
    properties = entry["properties"]
    account, region = entry["environment"].removeprefix("aws://").split("/")
    file = folder / properties["templateFile"]
    template = _json(file)
    with shape(file):
        [resource["Type"] for resource in template["Resources"].values()]
    return Stack(
        name=properties.get("stackName", name),
        account=None if account in UNKNOWN else account,
        region=None if region in UNKNOWN else region,
        protected=bool(properties.get("terminationProtection", False)),
        file=file,
        template=template,
    )


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AssemblyError(_message(file, "is missing")) from None
    except OSError as error:
        raise AssemblyError(_message(file, f"cannot be read: {error.strerror}")) from None
    except ValueError as error:
        raise AssemblyError(_message(file, f"is not JSON: {error}")) from None
    if not isinstance(found, dict):
        raise AssemblyError(_message(file, "is not a JSON object"))
    return found


def _message(file: Path, found: str) -> str:
    return f"{file} {found}\n  to do: make synth writes a whole cloud assembly to cdk.out"
