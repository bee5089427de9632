"""An upgrade of ministack that moves what the world holds on to is noticed at the start."""

import subprocess
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest

from rehearsal.world.inside.adapter import SEAMS, MovedSeamError, Seam, check
from rehearsal.world.server import PYTHON, ROOT

SEAM = Seam("services.thing", "_do", "one, two")


def doctored(**names: object) -> Callable[[str], ModuleType]:
    modules = {
        "ministack.app": SimpleNamespace(_version=lambda: "9.9.9"),
        "ministack.services.thing": SimpleNamespace(**names),
    }
    return lambda name: cast("ModuleType", modules[name])


def test_what_stands_where_it_stood_passes() -> None:
    check([SEAM], doctored(_do=lambda one, two: (one, two)))
    check([Seam("services.thing", "_state", "dict")], doctored(_state={}))
    check([Seam("services.thing", "_inner", "module")], doctored(_inner=ModuleType("inner")))
    check(
        [Seam("services.thing", "Kind.do", "self")],
        doctored(Kind=type("Kind", (), {"do": lambda self: self})),
    )


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        ({}, "_do is missing"),
        ({"_do": lambda one: one}, r"_do takes \(one\), not \(one, two\)"),
        ({"_do": lambda two, one: (one, two)}, r"_do takes \(two, one\), not \(one, two\)"),
        ({"_do": {}}, "_do is a dict, not a one, two"),
    ],
)
def test_what_moved_is_named_with_both_versions(found: dict[str, object], problem: str) -> None:
    with pytest.raises(MovedSeamError, match=f"(?s)ministack 9.9.9 .*1.5.33.*thing.{problem}"):
        check([SEAM], doctored(**found))


def test_every_moved_seam_is_named_at_once() -> None:
    with pytest.raises(MovedSeamError) as told:
        check([SEAM, Seam("services.thing", "_other", "dict")], doctored())
    assert "_do is missing" in str(told.value)
    assert "_other is missing" in str(told.value)


def test_a_start_stops_at_a_moved_seam() -> None:
    """With the real ministack, one name taken away."""
    script = """
import ministack.services.lambda_svc as moved
del moved._invoke
from rehearsal.world.inside.adapter import Seams
Seams()
"""
    ended = subprocess.run(
        [PYTHON, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "ministack.services.lambda_svc._invoke is missing" in ended.stderr


def test_no_other_module_of_the_world_names_ministack_s_modules() -> None:
    inside = ROOT / "rehearsal" / "world" / "inside"
    naming = {
        path.name
        for path in inside.rglob("*.py")
        if "import ministack" in (text := path.read_text()) or 'import_module("ministack' in text
    }
    assert naming == {"serving.py"}
    assert len({(seam.module, seam.name) for seam in SEAMS}) == len(SEAMS)
