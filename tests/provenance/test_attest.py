"""A release is attested as AWS has recorded its builds, or not at all."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.gate.fake_aws import NOON, AwsError
from tests.provenance.fake_aws import (
    ATTEST,
    AUDIT,
    BUILDER,
    COMMIT,
    FILES,
    KEY,
    PACKAGE,
    PIPELINE,
    PROJECTS,
    Released,
    asked,
    key_of,
    zipped,
)
from tests.release.fake_aws import EXECUTION
from tests.release.loaded import Gates

OTHER = "f" * 40


def envelope(world: Released) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(world.provenance)) as archive:
        [name] = archive.namelist()
        assert name == "provenance.intoto.jsonl"
        return dict(json.loads(archive.read(name)))


def statement(functions: Gates, world: Released) -> dict[str, Any]:
    content = json.dumps(envelope(world)).encode()
    return dict(json.loads(functions["envelope"].Envelope.of(content).payload))


def refused(functions: Gates, world: Released, **parameters: object) -> str:
    """Why the release is not attested."""
    with pytest.raises(functions["turn"].ClosedError) as closed:
        functions.invoke("attest", world, asked(*ATTEST, **parameters))
    assert world.report[0] == "refused"
    assert world.stored == {}
    assert "kms:Sign" not in world.calls
    return str(closed.value)


def test_a_release_is_attested_from_what_aws_says(functions: Gates) -> None:
    world = Released()

    functions.invoke("attest", world, asked(*ATTEST))

    said = statement(functions, world)
    predicate = said["predicate"]
    definition, run = predicate["buildDefinition"], predicate["runDetails"]
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["predicateType"] == "https://slsa.dev/provenance/v1"
    assert definition["externalParameters"] == {"pipeline": PIPELINE, "revision": COMMIT}
    assert definition["internalParameters"]["execution"] == EXECUTION
    built = definition["internalParameters"]["builds"]
    assert {name: build["arn"] for name, build in built.items()} == {
        "Package": f"{PROJECTS}{PACKAGE}:1",
        "Audit": f"{PROJECTS}{AUDIT}:1",
    }
    assert {build["buildspecSha256"] for build in built.values()} == {
        hashlib.sha256(b"version: 0.2\n").hexdigest()
    }
    assert definition["resolvedDependencies"] == [
        {"name": "source", "digest": {"gitCommit": COMMIT}}
    ]
    assert run["builder"] == {"id": BUILDER}
    assert run["metadata"] == {
        "invocationId": f"{PROJECTS}{PACKAGE}:1",
        "startedOn": "2026-11-23T12:00:00+00:00",
        "finishedOn": "2026-11-23T12:03:00+00:00",
    }


def test_every_artifact_and_what_is_deployed_of_it_is_named_with_its_digest(
    functions: Gates,
) -> None:
    world = Released()

    functions.invoke("attest", world, asked(*ATTEST))

    named = {
        subject["name"]: subject["digest"]["sha256"]
        for subject in statement(functions, world)["subject"]
    }
    inside = {
        f"{artifact}/{name}": text
        for artifact, files in FILES.items()
        for name, text in files.items()
        if name != "manifest.json"
    }
    assert named == {
        **{name: hashlib.sha256(zipped(files)).hexdigest() for name, files in FILES.items()},
        **{name: hashlib.sha256(text.encode()).hexdigest() for name, text in inside.items()},
    }


def test_the_signature_is_one_that_any_tool_for_dsse_verifies(functions: Gates) -> None:
    """The encoding that is signed is written here once more, from its specification."""
    world = Released()

    functions.invoke("attest", world, asked(*ATTEST))

    found = envelope(world)
    [signature] = found["signatures"]
    assert (signature["keyid"], found["payloadType"]) == (KEY, "application/vnd.in-toto+json")
    parsed = functions["envelope"].Envelope.of(json.dumps(found).encode())
    encoded = b"DSSEv1 28 application/vnd.in-toto+json %d %b" % (
        len(parsed.payload),
        parsed.payload,
    )
    world.key.public_key().verify(parsed.signature, encoded, ec.ECDSA(hashes.SHA256()))


def test_artifacts_are_read_and_written_with_what_codepipeline_lends(functions: Gates) -> None:
    world = Released()

    functions.invoke("attest", world, asked(*ATTEST))

    keys = {name: key for name, key in world.signed if name.endswith("Object")}
    assert keys == {"GetObject": "lent", "PutObject": "lent"}
    assert {key for name, key in world.signed if not name.endswith("Object")} == {"own"}


def test_the_same_facts_give_the_same_statement(functions: Gates) -> None:
    worlds = Released(), Released()

    for world in worlds:
        functions.invoke("attest", world, asked(*ATTEST))

    assert statement(functions, worlds[0]) == statement(functions, worlds[1])


def test_a_stage_that_was_retried_counts_with_its_newest_attempt(functions: Gates) -> None:
    world = Released()
    failed = {**world.actions[0], "status": "Failed", "startTime": NOON - timedelta(minutes=9)}
    world.actions = [*world.actions, failed, {**failed, "stageName": "Other"}]
    world.page = 1

    functions.invoke("attest", world, asked(*ATTEST))

    assert world.report[0] == "done"


BUILD: dict[str, Any] = {
    "projectName": "other",
    "buildStatus": "FAILED",
    "initiator": "somebody",
    "resolvedSourceVersion": OTHER,
    "environment": {},
    "endTime": None,
}


@pytest.mark.parametrize("project", [PACKAGE, AUDIT])
@pytest.mark.parametrize("field", [*BUILD, "source", "arn", "id"])
def test_a_build_that_is_not_the_pipelines_own_of_this_commit_is_not_attested(
    functions: Gates, project: str, field: str
) -> None:
    world = Released()
    build = world.builds[project]
    if (value := BUILD.get(field)) is None:
        del build[field]
    else:
        build[field] = value

    assert refused(functions, world).startswith("The release cannot be attested: ")


def test_the_build_must_be_of_the_executions_revision(functions: Gates) -> None:
    world = Released()
    world.builds[PACKAGE]["resolvedSourceVersion"] = OTHER

    assert f"resolvedSourceVersion '{OTHER}', not '{COMMIT}'" in refused(functions, world)


@pytest.mark.parametrize(
    "execution",
    [
        {"executionType": "ROLLBACK"},
        {"executionType": None},
        {"artifactRevisions": []},
        {"artifactRevisions": [{"revisionId": COMMIT}, {"revisionId": OTHER}]},
        {"artifactRevisions": [{"revisionId": "main"}]},
        {"artifactRevisions": [{}]},
    ],
)
def test_an_execution_without_one_commit_of_its_own_is_not_attested(
    functions: Gates, execution: dict[str, Any]
) -> None:
    world = Released()
    world.executions_[EXECUTION] |= execution
    world.executions_[EXECUTION] = {
        name: value for name, value in world.executions_[EXECUTION].items() if value is not None
    }

    refused(functions, world)


@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize(
    "action",
    [
        {"actionName": "Verify"},
        {"stageName": "Other"},
        {"status": "Failed"},
        {"output": {}},
        {"output": {"executionResult": {"externalExecutionId": "other:1"}}},
        {"output": {"executionResult": {"externalExecutionId": PACKAGE}}},
        {"output": {"executionResult": {"externalExecutionId": f"{PACKAGE}:"}}},
    ],
)
def test_an_action_that_has_not_run_its_project_is_not_believed(
    functions: Gates, at: int, action: dict[str, Any]
) -> None:
    world = Released()
    world.actions[at] |= action

    refused(functions, world)


@pytest.mark.parametrize("artifact", [*FILES])
def test_an_artifact_that_the_build_has_not_put_there_is_not_attested(
    functions: Gates, artifact: str
) -> None:
    world = Released()
    for action in world.actions:
        for put in action["output"]["outputArtifacts"]:
            if put["name"] == artifact:
                put["s3location"]["key"] += "y"

    assert f"the artifact {artifact} is artifacts/{key_of(artifact)}, which" in refused(
        functions, world
    )


@pytest.mark.parametrize("artifact", [*FILES])
def test_an_artifact_that_is_no_zip_is_not_attested(functions: Gates, artifact: str) -> None:
    world = Released()
    world.artifacts[key_of(artifact)] = b"no zip"

    assert f"the artifact {artifact} is no zip" in refused(functions, world)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_whose_files_have_two_meanings_is_not_attested(functions: Gates) -> None:
    world, content = Released(), io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for text in ("first", "second"):
            archive.writestr("aa.zip", text)
    world.artifacts[key_of("assets")] = content.getvalue()

    assert "two files aa.zip" in refused(functions, world)


@pytest.mark.parametrize("inputs", ["assembly assets", "assembly assets evidence source"])
def test_an_action_with_other_artifacts_is_refused(functions: Gates, inputs: str) -> None:
    world = Released()

    with pytest.raises(functions["turn"].ClosedError, match="must take"):
        functions.invoke("attest", world, asked(inputs, "provenance"))


@pytest.mark.parametrize(
    "operation",
    ["GetPipelineExecution", "ListActionExecutions", "BatchGetBuilds", "GetObject"],
)
def test_without_an_answer_nothing_is_signed(functions: Gates, operation: str) -> None:
    world = Released()
    world.always = {operation: AwsError("AccessDenied", 403)}

    refused(functions, world)


@pytest.mark.parametrize("operation", ["Sign", "PutObject"])
def test_without_a_signature_or_a_place_for_it_the_release_does_not_go_on(
    functions: Gates, operation: str
) -> None:
    world = Released()
    world.always = {operation: AwsError("AccessDenied", 403)}

    with pytest.raises(functions["turn"].ClosedError, match="cannot be attested"):
        functions.invoke("attest", world, asked(*ATTEST))
    assert world.report[0] == "refused"


@pytest.mark.parametrize(
    "wrong",
    [{"pipeline": "a b"}, {"execution": "#{x.y}"}, {"package": ""}, {"audit": 1}, {"more": "x"}],
)
def test_parameters_without_meaning_are_refused(functions: Gates, wrong: dict[str, Any]) -> None:
    assert "UserParameters" in refused(functions, Released(), **wrong)
