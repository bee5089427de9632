"""Globs mean what CodePipeline's push triggers say that they mean."""

import pytest

from tests.source.conftest import Package


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("services/orders/**", "services/orders/src/orders/handler.py"),
        ("services/orders/*", "services/orders/README.md"),
        ("*.toml", "delivery.toml"),
        ("**", "any/thing"),
        ("**/*.py", "a/b/c.py"),
        ("*.{py,toml}", "app.py"),
        ("foo.?", "foo.c"),
        ("v[0-9].txt", "v7.txt"),
        ("v[!0-9].txt", "vx.txt"),
        (r"a\*b", "a*b"),
        ("a+b(c).txt", "a+b(c).txt"),
        ("**", "a\nb"),
    ],
)
def test_a_path_that_matches_passes(package: Package, glob: str, path: str) -> None:
    assert package["globs"].passing([path], includes=[glob], excludes=[]) == path


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("services/orders/**", "services/orders-archive/x.py"),
        ("services/orders/*", "services/orders/src/handler.py"),
        ("*.toml", "a/delivery.toml"),
        ("*", "a/b"),
        ("**/*.py", "c.py"),
        ("*.{py,toml}", "app.txt"),
        ("foo.?", "foo./"),
        ("v[!0-9].txt", "v7.txt"),
        ("a[!b]c", "a/c"),
        (r"a\*b", "axb"),
        ("services/orders", "services/orders/x.py"),
        ("a.b", "axb"),
    ],
)
def test_a_path_that_does_not_match_does_not(package: Package, glob: str, path: str) -> None:
    assert package["globs"].passing([path], includes=[glob], excludes=[]) is None


def test_excludes_win(package: Package) -> None:
    found = package["globs"].passing(
        ["a/b/c.py", "a/d.py"], includes=["a/**"], excludes=["a/b/**", "z"]
    )
    assert found == "a/d.py"
    assert package["globs"].passing(["a/b/c"], includes=["**"], excludes=["a/**"]) is None


def test_without_includes_all_but_the_excluded_passes(package: Package) -> None:
    passing = package["globs"].passing
    assert passing(["b/x", "a/x"], includes=[], excludes=["a/**"]) == "b/x"
    assert passing(["a/x"], includes=[], excludes=["a/**"]) is None


@pytest.mark.parametrize("glob", ["a[b", "{a,{b,c}}", "{a", "a}", "[]", "[z-a]"])
def test_a_glob_that_cannot_be_read_is_refused(package: Package, glob: str) -> None:
    with pytest.raises(ValueError, match=r"closed|set of characters"):
        package["globs"].passing(["a"], includes=[glob], excludes=[])
