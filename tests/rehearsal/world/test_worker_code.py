"""Workers of one package share its files."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import call, function

# Two at the same moment need a worker each.
SOURCE = """
import os, time
def handle(event, context):
    time.sleep(60)
    return {"pid": os.getpid(), "file": os.path.realpath(__file__), "cached": __cached__}
"""


def told(aws: Client, name: str, times: int) -> list[dict[str, Any]]:
    """What workers tell of themselves that run at the same moment."""
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda _: call(aws, name), range(times)))


def test_two_workers_of_a_package_read_and_compile_the_same_file(aws: Client) -> None:
    function(aws, "shared", SOURCE)
    one, other = told(aws, "shared", 2)

    assert one["pid"] != other["pid"]
    assert one["file"] == other["file"]
    assert Path(one["cached"]).resolve() == Path(other["cached"]).resolve()
    assert Path(one["cached"]).exists()


def test_another_package_has_files_of_its_own(aws: Client) -> None:
    function(aws, "first", SOURCE)
    function(aws, "second", f"{SOURCE}\n# another")

    [first], [second] = told(aws, "first", 1), told(aws, "second", 1)

    assert first["file"] != second["file"]
