"""What judges a template: our rule pack at synth, and the promises that the suite tests.

A promise is a test of tests/iam or tests/stacks that needs nothing but a delivery's assembly; it
is called with one whose templates have a defect. Snapshots are no gate: they notice each change
and judge none.
"""

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from types import ModuleType
from typing import Any

from lockgate.rules.pack import broken
from stacks.app import ROOT
from tests.assembly import Assembly

Template = dict[str, Any]
Arguments = dict[str, Any]
PROMISES = ("iam/test_*.py", "stacks/test_promises_*.py")
ASSEMBLY = "assembly"


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One test, with the arguments of one of its cases."""

    module: ModuleType
    test: Callable[..., None]
    case: Arguments = field(default_factory=dict)

    def is_kept_by(self, assembly: Assembly) -> bool:
        """Whether the test passes."""
        try:
            self.test(**_given(self.module, self.test, self.case | {ASSEMBLY: assembly}))
        except Exception:  # noqa: BLE001 - as pytest: whatever a test raises fails it
            return False
        return True


def with_templates(assembly: Assembly, templates: Mapping[str, Template]) -> Assembly:
    """The assembly as if the synth had written these templates."""
    found = Assembly(assembly.delivery, assembly.out)
    vars(found)["templates"] = dict(templates)
    return found


def broken_rules(templates: Mapping[str, Template]) -> list[str]:
    """The rules of our pack that the templates break."""
    return sorted({rule.id for template in templates.values() for rule, _, _ in broken(template)})


def broken_promises(assembly: Assembly) -> Iterator[str]:
    """The promises that an assembly breaks, one after the other."""
    return (p.test.__name__ for p in promises() if not p.is_kept_by(assembly))


@cache
def promises() -> tuple[Promise, ...]:
    """Each case of each test that needs an assembly and nothing else."""
    folder = ROOT / "tests"
    files = [file for pattern in PROMISES for file in sorted(folder.glob(pattern))]
    modules = [importlib.import_module(f"tests.{f.parent.name}.{f.stem}") for f in files]
    return tuple(
        Promise(module=module, test=test, case=case)
        for module in modules
        for name, test in vars(module).items()
        if name.startswith("test_") and ASSEMBLY in _needs(module, test)
        for case in _cases(test)
        if _needs(module, test) - set(case) == {ASSEMBLY}
    )


def _cases(test: Callable[..., object]) -> Iterator[Arguments]:
    """The arguments that a test is parametrized with; one case without any where it is not."""
    marks = [m for m in getattr(test, "pytestmark", []) if m.name == "parametrize"]
    for chosen in product(*(mark.args[1] for mark in marks)):
        case: Arguments = {}
        for mark, values in zip(marks, chosen, strict=True):
            names, several = mark.args[0], not isinstance(mark.args[0], str)
            case |= zip(names, values, strict=True) if several else {names: values}
        yield case


def _needs(module: ModuleType, function: Callable[..., object]) -> set[str]:
    """What pytest must give to a test, or to the module's fixtures that it asks for."""
    needed = set()
    for name in inspect.signature(function).parameters:
        fixture = _fixture(module, name)
        needed |= _needs(module, fixture) if fixture else {name}
    return needed


def _given(module: ModuleType, function: Callable[..., object], known: Arguments) -> Arguments:
    """A function's arguments: those that are known, and what the module's fixtures make."""
    given = {}
    for name in inspect.signature(function).parameters:
        fixture = None if name in known else _fixture(module, name)
        given[name] = fixture(**_given(module, fixture, known)) if fixture else known[name]
    return given


def _fixture(module: ModuleType, name: str) -> Callable[..., Any] | None:
    found: Callable[..., Any] | None = (
        inspect.unwrap(vars(module)[name]) if name in vars(module) else None
    )
    return found
