"""A build runs its buildspec's commands as on AWS: phases, variables, time, log and events."""

import json
import subprocess
import time
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from rehearsal.world.world import World
from tests.rehearsal.world.builds import (
    COMMANDS,
    LAST,
    PHASES,
    build,
    failure,
    log,
    phases,
    project,
)
from tests.rehearsal.world.conftest import Client


@pytest.fixture(scope="module", autouse=True)
def group(aws: Client) -> None:
    """The log group that every build here may use."""
    aws("logs").create_log_group(logGroupName="/builds")


@pytest.mark.parametrize(
    ("phase", "on_failure", "run"),
    [
        ("install", "", COMMANDS[:1]),
        ("pre_build", "", COMMANDS[:2]),
        ("build", "", [*COMMANDS, "UPLOAD_ARTIFACTS"]),
        ("build", "ABORT", COMMANDS[:3]),
        ("install", "CONTINUE", [*COMMANDS, "UPLOAD_ARTIFACTS"]),
        ("post_build", "", [*COMMANDS, "UPLOAD_ARTIFACTS"]),
    ],
)
def test_a_failed_command_fails_its_phase_and_the_build_ends_as_codebuild_ends_it(
    aws: Client, phase: str, on_failure: str, run: list[str]
) -> None:
    rule = f"on-failure: {on_failure}, " if on_failure else ""
    last = (
        ""
        if phase == "post_build"
        else "post_build: {commands: ['echo then $CODEBUILD_BUILD_SUCCEEDING']}"
    )
    spec = f"""phases:
  {phase}:
    {{{rule}commands: [echo first, exit 3, echo never-$((1+1))], finally: [echo at-last]}}
  {last}
"""
    name = project(aws, f"fails-{phase}{on_failure}".replace("_", "-"), spec)
    found = build(aws, name)
    assert found["buildStatus"] == "FAILED"
    assert phases(found) == [*PHASES, *run, *LAST]
    reason = "Error while executing command: exit 3. Reason: exit status 3"
    assert failure(found) == (phase.upper(), "COMMAND_EXECUTION_ERROR", reason)
    said = log(aws, found)
    assert "first" in said
    assert "at-last" in said
    assert "never-2" not in said
    assert ("then 0" in said) == ("POST_BUILD" in run and phase != "post_build")


def test_variables_functions_and_folder_live_on_and_options_do_not(aws: Client) -> None:
    spec = """env: {shell: bash, exported-variables: [SAID]}
phases:
  install: {commands: ["cd /usr; plain='two  words'; export SAID=1; f() { echo f-ran; }; set -e"]}
  build: {commands: ["echo $PWD; echo \\"$plain\\"; f; false; echo $UNSET; SAID=$SAID-2"]}
"""
    found = build(aws, project(aws, "lives-on", spec))
    assert found["buildStatus"] == "SUCCEEDED", log(aws, found)
    assert "/usr\ntwo  words\nf-ran" in log(aws, found)
    assert found["exportedEnvironmentVariables"] == [{"name": "SAID", "value": "1-2"}]


def test_a_build_sees_what_was_declared_and_nothing_of_this_machine(
    aws: Client, world: World
) -> None:
    variables = [{"name": "BOTH", "value": "project"}, {"name": "OVER", "value": "project"}]
    spec = """env: {variables: {BOTH: spec, ONLY: spec}}
phases:
  install: {runtime-versions: {python: "2.0"}}
  build: {commands: [env, "pwd; ls -A"]}
"""
    name = project(aws, "sees", spec, variables=variables)
    over = [{"name": "OVER", "value": "start"}]
    found = build(aws, name, environmentVariablesOverride=over)
    said = log(aws, found)
    seen = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    assert (seen["BOTH"], seen["OVER"], seen["ONLY"]) == ("project", "start", "spec")
    assert seen["CODEBUILD_BUILD_ID"] == found["id"]
    assert seen["AWS_REGION"] == world.region
    assert seen["HOME"].startswith(str(world.folder))
    of_bash = {"PWD", "OLDPWD", "SHLVL", "_", "HOME", "TMPDIR", "PATH"}
    declared = {"BOTH", "OVER", "ONLY", "SAID", "LOCKGATE_ADVISORIES"}
    assert {n for n in seen if not n.startswith(("AWS_", "CODEBUILD_"))} <= of_bash | declared
    assert "python 2.0 was asked for; the build runs with this machine's python 3" in said
    assert found["logs"]["streamName"] == found["id"].partition(":")[2]


def test_sleep_passes_the_world_s_time_and_the_project_s_timeout_ends_the_build(
    aws: Client, world: World
) -> None:
    began, real = world.clock.now(), time.monotonic()
    name = project(aws, "waits", "phases: {build: {commands: ['sleep 2m 30']}}", timeoutInMinutes=5)
    found = build(aws, name)
    assert found["endTime"] - began == timedelta(seconds=150)
    assert found["phases"][6]["durationInSeconds"] == 150
    spec = "version: 0.2\nphases: {build: {commands: ['sleep 1h', 'echo never']}}"
    found = build(aws, name, buildspecOverride=spec)
    assert found["buildStatus"] == "TIMED_OUT"
    assert found["endTime"] - found["startTime"] == timedelta(minutes=5)
    assert phases(found) == [*PHASES, *COMMANDS[:3], *LAST]
    assert time.monotonic() - real < 3


def test_a_stopped_build_is_over_when_stop_answers(aws: Client) -> None:
    name = project(aws, "stopped", "phases: {build: {commands: ['command -p sleep 60']}}")
    id_ = aws("codebuild").start_build(projectName=name)["build"]["id"]
    for _ in range(200):
        if aws("codebuild").batch_get_builds(ids=[id_])["builds"][0]["currentPhase"] == "BUILD":
            break
        time.sleep(0.02)
    stopped = aws("codebuild").stop_build(id=id_)["build"]
    assert (stopped["buildStatus"], stopped["buildComplete"]) == ("STOPPED", True)
    assert failure(stopped)[0] == "BUILD"
    assert phases(stopped) == [*PHASES, *COMMANDS[:3], *LAST]


def test_a_wrong_buildspec_fails_the_build_before_any_command(aws: Client) -> None:
    found = build(aws, project(aws, "wrong", "phases: {deploy: {commands: [make]}}"))
    assert failure(found)[:2] == ("DOWNLOAD_SOURCE", "YAML_FILE_ERROR")
    assert "does not know deploy" in failure(found)[2]


def test_each_start_and_end_is_an_event(aws: Client, world: World) -> None:
    url = aws("sqs").create_queue(QueueName="heard")["QueueUrl"]
    queue = f"arn:aws:sqs:{world.region}:{world.account}:heard"
    allow = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": queue}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    pattern = {"source": ["aws.codebuild"], "detail-type": ["CodeBuild Build State Change"]}
    aws("events").put_rule(Name="builds", EventPattern=json.dumps(pattern))
    aws("events").put_targets(Rule="builds", Targets=[{"Id": "q", "Arn": queue}])
    found = build(aws, project(aws, "heard", "phases: {build: {commands: ['false']}}"))
    aws("events").delete_rule(Name="builds", Force=True)
    told = aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    details = [json.loads(message["Body"])["detail"] for message in told]
    assert {each["build-status"] for each in details} == {"IN_PROGRESS", "FAILED"}
    assert {each["build-id"] for each in details} == {found["arn"]}


def test_codepipeline_s_projects_are_not_started_by_hand(aws: Client) -> None:
    source = {"type": "CODEPIPELINE", "buildspec": "buildspec.yml"}
    name = project(aws, "piped", "", source=source, artifacts={"type": "CODEPIPELINE"})
    with pytest.raises(ClientError, match="CODEPIPELINE"):
        aws("codebuild").start_build(projectName=name)


def test_builds_are_listed_from_the_last_and_iam_decides_on_their_project(aws: Client) -> None:
    name = project(aws, "listed", "phases: {build: {commands: ['true']}}")
    ids = [build(aws, name)["id"] for _ in range(2)]
    assert aws("codebuild").list_builds_for_project(projectName=name)["ids"] == ids[::-1]
    assert aws("codebuild").batch_get_builds(ids=[ids[0], "none:1"])["buildsNotFound"] == ["none:1"]


def test_a_world_that_ends_leaves_no_command_of_a_build() -> None:
    with World() as world:
        world.client("logs").create_log_group(logGroupName="/builds")
        project(world.client, "left", "phases: {build: {commands: ['command -p sleep 4712']}}")
        world.client("codebuild").start_build(projectName="left")
        assert any("sleep 4712" in running() for _ in range(100))
    assert any("sleep 4712" not in running() for _ in range(100))


def running() -> str:
    """The processes of this machine, a moment from now."""
    time.sleep(0.02)
    return subprocess.run(
        ["ps", "ax", "-o", "args"], capture_output=True, text=True, check=True
    ).stdout
