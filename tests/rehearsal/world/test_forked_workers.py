"""Workers are forked, and a function can tell it by nothing but how soon it runs."""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import call, function, package

LOOK = """
import os, sys
def handle(event, context):
    return {
        "parent": os.getppid(),
        "mine": os.environ.get("MINE"),
        "argv": len(sys.argv),
    }
"""


def with_variables(aws: Client, name: str, **variables: str) -> None:
    aws("lambda").update_function_configuration(
        FunctionName=name, Environment={"Variables": variables}
    )


def test_functions_are_forked_from_one_process(aws: Client) -> None:
    function(aws, "one", LOOK)
    function(aws, "other", LOOK)

    one, other = call(aws, "one"), call(aws, "other")

    assert one["parent"] == other["parent"]
    assert one["argv"] == 1


def test_a_function_has_its_own_variables_alone(aws: Client) -> None:
    for name in ("mine", "nobodys"):
        function(aws, name, LOOK)
    with_variables(aws, "mine", MINE="yes")

    assert call(aws, "mine")["mine"] == "yes"
    assert call(aws, "nobodys")["mine"] is None


@pytest.mark.parametrize("brought", ["boto3", "botocore", "urllib3"])
def test_a_function_that_brings_its_own_sdk_gets_it(aws: Client, brought: str) -> None:
    function(aws, f"usual-{brought}", LOOK)
    content = io.BytesIO(
        package(
            f"import {brought}\ndef handle(event, context):\n"
            f"    import os\n    return [{brought}.OWN, os.getppid()]\n"
        )
    )
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(f"{brought}/__init__.py", "OWN = 'own'")
    made: dict[str, Any] = function(aws, f"own-{brought}", LOOK)
    aws("lambda").update_function_code(
        FunctionName=made["FunctionName"], ZipFile=content.getvalue()
    )

    own, parent = call(aws, f"own-{brought}")

    assert own == "own"
    assert parent != call(aws, f"usual-{brought}")["parent"]


@pytest.mark.parametrize("brought", ["jmespath/__init__.py", "six.py"])
def test_what_the_sdk_needs_too_is_a_function_s_own_and_the_sdk_keeps_its(
    aws: Client, brought: str
) -> None:
    name = brought.partition("/")[0].removesuffix(".py")
    function(aws, f"beside-{name}", LOOK)
    content = io.BytesIO(
        package(
            f"import boto3, {name}, os\ndef handle(event, context):\n"
            "    boto3.client('s3').get_paginator('list_objects_v2')\n"
            f"    return {{'own': {name}.OWN, 'parent': os.getppid()}}\n"
        )
    )
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(brought, "OWN = 'own'")
    parent = call(aws, f"beside-{name}")["parent"]
    aws("lambda").update_function_code(FunctionName=f"beside-{name}", ZipFile=content.getvalue())

    assert call(aws, f"beside-{name}") == {"own": "own", "parent": parent}


def test_a_function_that_python_is_set_up_for_gets_a_python_of_its_own(aws: Client) -> None:
    for name in ("plain", "optimized"):
        function(aws, name, LOOK)
    with_variables(aws, "optimized", PYTHONOPTIMIZE="1")

    assert call(aws, "plain")["parent"] != call(aws, "optimized")["parent"]


def test_a_worker_that_dies_is_replaced(aws: Client) -> None:
    function(
        aws,
        "dies",
        """
        import os
        def handle(event, context):
            if event == "die":
                os._exit(3)
            return {"pid": os.getpid()}
    """,
    )
    before = call(aws, "dies")

    with pytest.raises(RuntimeError, match="died"):
        call(aws, "dies", "die")

    assert call(aws, "dies")["pid"] != before["pid"]


def test_a_program_that_outlives_its_worker_does_not_keep_it_alive(aws: Client) -> None:
    function(
        aws,
        "leaves",
        """
        import os, subprocess
        def handle(event, context):
            if event == "leave":
                subprocess.Popen(["sleep", "60"])
                os._exit(0)
            return {"pid": os.getpid()}
    """,
    )
    with pytest.raises(RuntimeError, match="died"):
        call(aws, "leaves", "leave")

    assert call(aws, "leaves")["pid"]


@pytest.mark.parametrize("brought", [None, "urllib3"])
@pytest.mark.parametrize(
    ("event", "ends"),
    [("live", ["line 19999", "half"]), ("die", ["line 19999", "half", "Worker process died"])],
)
def test_a_log_is_whole_however_long_it_is_and_however_it_ends(
    aws: Client, brought: str | None, event: str, ends: list[str]
) -> None:
    name = f"logs-{event}-{brought}"
    content = io.BytesIO(
        package(
            """
            import os, sys
            def handle(event, context):
                for number in range(20000):
                    print("line", number)
                print("half", end="")
                if event == "die":
                    os._exit(0)
                return "answered"
            """
        )
    )
    if brought:
        with zipfile.ZipFile(content, "a") as archive:
            archive.writestr(f"{brought}/__init__.py", "")
    function(aws, name, LOOK, {"Effect": "Allow", "Action": "logs:*", "Resource": "*"})
    aws("lambda").update_function_code(FunctionName=name, ZipFile=content.getvalue())

    aws("lambda").invoke(FunctionName=name, Payload=json.dumps(event))

    lines = logged(aws, name)
    assert lines[:2] == ["line 0", "line 1"]
    assert lines[19999:] == ends


def logged(aws: Client, name: str) -> list[str]:
    """What the one run of a function printed."""
    group, logs = f"/aws/lambda/{name}", aws("logs")
    stream = logs.describe_log_streams(logGroupName=group)["logStreams"][0]["logStreamName"]
    lines: list[str] = []
    page = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)
    while page["events"]:
        lines += [each["message"] for each in page["events"]]
        token = page["nextForwardToken"]
        page = logs.get_log_events(logGroupName=group, logStreamName=stream, nextToken=token)
    return [line for line in lines if not line.startswith(("START ", "END ", "REPORT "))]
