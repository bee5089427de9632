"""Which files, branches and tags a trigger's patterns are for."""

import pytest

from rehearsal.world.inside.plugins.codepipeline.globs import fits, is_glob


@pytest.mark.parametrize(
    ("pattern", "text", "yes"),
    [
        ("main", "main", True),
        ("main", "maintenance", False),
        ("v*", "v1.2", True),
        ("v*", "v1/2", False),
        ("services/orders/**", "services/orders/src/a.py", True),
        ("services/orders/**", "services/orders-old/a.py", False),
        ("**/README.md", "README.md", True),
        ("**/README.md", "docs/a/README.md", True),
        ("docs/?.md", "docs/a.md", True),
        ("docs/?.md", "docs/ab.md", False),
        ("release-[0-9]", "release-1", True),
        ("release-[!0-9]", "release-1", False),
        ("*.{py,toml}", "a.toml", True),
        ("*.{py,toml}", "a.txt", False),
        ("a,b", "a,b", True),
        ("a.b", "axb", False),
    ],
)
def test_a_pattern_is_for_a_whole_name(pattern: str, text: str, *, yes: bool) -> None:
    assert fits(text, ["nothing", pattern]) is yes


def test_no_pattern_is_for_nothing() -> None:
    assert not fits("main", [])


@pytest.mark.parametrize(("pattern", "well"), [("{a,b}", True), ("{a", False), ("a}", False)])
def test_a_brace_without_its_other_is_no_pattern(pattern: str, *, well: bool) -> None:
    assert is_glob(pattern) is well
