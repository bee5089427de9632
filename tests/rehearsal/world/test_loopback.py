"""Nothing leads away from this machine."""

from pathlib import Path

import pytest

from rehearsal.world.clock import WorldClock
from rehearsal.world.environment import for_tools
from rehearsal.world.loopback import NotLoopbackError, require_loopback

HERE = [
    "http://localhost:4566",
    "https://LOCALHOST:4566/path?query",
    "https://127.0.0.1:1",
    "http://127.1.2.3:65535",
    "http://[::1]:4566",
]
ELSEWHERE = [
    None,
    "",
    "localhost:4566",
    "//127.0.0.1:4566",
    "ftp://127.0.0.1:4566",
    "http://127.0.0.1",
    "http://127.0.0.1:0",
    "http://127.0.0.1:99999",
    "http://0.0.0.0:4566",
    "http://[::]:4566",
    "http://[::ffff:127.0.0.1]:4566",
    "http://10.0.0.1:4566",
    "http://2130706433:4566",
    "http://127.1:4566",
    "http://0177.0.0.1:4566",
    "https://s3.eu-central-1.amazonaws.com:443",
    "http://localhost.example.com:4566",
    "http://example.localhost:4566",
    "http://127.0.0.1.example.com:4566",
    "http://127.0.0.1:4566@example.com:80",
    "http://user@127.0.0.1:4566",
    "http://example.com#@127.0.0.1:4566",
    "http://example.com:80\\@127.0.0.1:4566",
    "http://127.0.0.1:4566\\.example.com",
    " http://127.0.0.1:4566",
    "http://127.0.0.1:4566\n.example.com",
    "http://[::1:4566",
]


@pytest.mark.parametrize("url", HERE)
def test_an_endpoint_on_this_machine_passes_unchanged(url: str) -> None:
    assert require_loopback(url) == url


@pytest.mark.parametrize("url", ELSEWHERE)
def test_any_other_endpoint_is_refused_and_the_message_says_what_to_use(url: str | None) -> None:
    with pytest.raises(NotLoopbackError, match="use the endpoint of a World"):
        require_loopback(url)


def test_neither_a_tool_nor_the_clock_is_given_an_endpoint_elsewhere(tmp_path: Path) -> None:
    away = "https://sts.amazonaws.com:443"
    with pytest.raises(NotLoopbackError):
        WorldClock(away)
    with pytest.raises(NotLoopbackError):
        for_tools(tmp_path, endpoint=away, ca_bundle=tmp_path, account="1", secret="s", region="r")
