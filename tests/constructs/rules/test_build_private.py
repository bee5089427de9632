"""Nobody outside reads a build, or stands between it and its source."""

import pytest

from lockgate.rules.build_private import RULE
from tests.constructs.rules.judging import breaches


@pytest.mark.parametrize(
    "project",
    [
        {},
        {"Visibility": "PRIVATE", "Source": {"Type": "GITHUB", "InsecureSsl": False}},
        {"SecondarySources": [{"InsecureSsl": False}]},
    ],
)
def test_a_private_build_passes(project: dict[str, object]) -> None:
    assert breaches(RULE, project) == []


@pytest.mark.parametrize(
    ("project", "where"),
    [
        ({"Visibility": "PUBLIC_READ"}, "Visibility"),
        ({"Source": {"InsecureSsl": True}}, "Source.InsecureSsl"),
        ({"SecondarySources": [{}, {"InsecureSsl": True}]}, "SecondarySources.1.InsecureSsl"),
    ],
)
def test_an_open_build_is_found(project: dict[str, object], where: str) -> None:
    assert breaches(RULE, project) == [where]
