"""Nothing is deployed but what was attested: of this commit, by this pipeline, unchanged."""

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gate.fake_aws import AwsError, Fault
from tests.gate.faults import FATAL, PASSING
from tests.provenance.fake_aws import (
    ATTEST,
    AUDIT,
    CHECK,
    FILES,
    PACKAGE,
    Released,
    asked,
    key_of,
    zipped,
)
from tests.release.fake_aws import EXECUTION
from tests.release.loaded import Gates

OTHER = "f" * 40


def attested(functions: Gates) -> Released:
    """A world in which a release has been attested."""
    world = Released()
    functions.invoke("attest", world, asked(*ATTEST))
    world.reports.clear()
    world.calls.clear()
    return world


def refused(functions: Gates, world: Released, **parameters: object) -> str:
    """Why the release does not go on."""
    with pytest.raises(functions["turn"].ClosedError) as closed:
        functions.invoke("check_provenance", world, asked(CHECK, **parameters))
    assert world.report[0] == "refused"
    return str(closed.value)


def resigned(functions: Gates, world: Released, payload: bytes) -> None:
    """Put another statement in place of the one that was signed, with a signature that is right."""
    signed = functions["attest"]._signed(payload, Anytime())
    world.stored[f"artifacts/{key_of('provenance')}"] = functions["attest"].packed(signed)
    world.calls.clear()


class Anytime:
    """A deadline that is never near."""

    def require(self, _seconds: float, _step: str) -> None:
        pass


def payload(functions: Gates, world: Released) -> dict[str, Any]:
    return dict(json.loads(opened(functions, world).payload))


def opened(functions: Gates, world: Released) -> Any:  # noqa: ANN401
    with zipfile.ZipFile(io.BytesIO(world.provenance)) as archive:
        return functions["envelope"].Envelope.of(archive.read("provenance.intoto.jsonl"))


def test_what_was_attested_goes_on(functions: Gates) -> None:
    world = attested(functions)

    functions.invoke("check_provenance", world, asked(CHECK))

    kind, request = world.report
    assert kind == "done"
    assert PACKAGE in request["executionDetails"]["summary"]


def test_a_rollback_deploys_what_the_execution_that_it_goes_back_to_has_built(
    functions: Gates,
) -> None:
    world = attested(functions)
    said = payload(functions, world)
    world.roll_back()
    built_by = "77777777-7777-8888-9999-000000000000"
    said["predicate"]["buildDefinition"]["internalParameters"]["execution"] = built_by
    resigned(functions, world, json.dumps(said).encode())

    functions.invoke("check_provenance", world, asked(CHECK))

    assert world.report[0] == "done"


def test_a_rollback_does_not_deploy_what_it_would_have_built_itself(functions: Gates) -> None:
    world = attested(functions)
    world.roll_back()

    assert "execution is" in refused(functions, world)


@pytest.mark.parametrize("kind", [None, "", "REPLAY", "ROLLBACK"])
def test_an_execution_of_an_unknown_kind_goes_nowhere(functions: Gates, kind: str | None) -> None:
    world = attested(functions)
    world.executions_[EXECUTION]["executionType"] = kind
    if kind is None:
        del world.executions_[EXECUTION]["executionType"]

    assert "unknown kind" in refused(functions, world)


@pytest.mark.parametrize("artifact", ["assembly", "assets"])
@pytest.mark.parametrize("change", ["changed", "added", "removed", "repacked"])
def test_an_artifact_that_is_not_the_one_that_was_attested_is_found(
    functions: Gates, artifact: str, change: str
) -> None:
    world, files = attested(functions), dict(FILES[artifact])
    first = min(files)
    if change == "changed":
        files[first] += " "
    elif change == "added":
        files["zz.zip" if artifact == "assets" else "zz.template.json"] = ""
    elif change == "removed":
        del files[first]
    content = zipped(files)
    # The same files in another order: another zip.
    content = zipped(dict(reversed(files.items()))) if change == "repacked" else content
    world.artifacts[key_of(artifact)] = content

    assert f"{artifact}" in refused(functions, world)


@pytest.mark.parametrize("action", ["Package", "Audit"])
@pytest.mark.parametrize("arn", ["", "arn:aws:codebuild:eu-central-1:111122223333:build/other:1"])
def test_a_build_of_another_project_is_found(functions: Gates, action: str, arn: str) -> None:
    world = attested(functions)
    said = payload(functions, world)
    said["predicate"]["buildDefinition"]["internalParameters"]["builds"][action]["arn"] = arn
    resigned(functions, world, json.dumps(said).encode())

    assert action in refused(functions, world)


@pytest.mark.parametrize("name", ["assets", "assets/aa.zip"])
def test_two_subjects_of_one_name_have_no_meaning(functions: Gates, name: str) -> None:
    world = attested(functions)
    said = payload(functions, world)
    said["subject"].append({"name": name, "digest": {"sha256": OTHER}})
    resigned(functions, world, json.dumps(said).encode())

    assert "two subjects" in refused(functions, world)


@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_no_byte_of_what_is_signed_can_change(functions: Gates, data: st.DataObject) -> None:
    world = attested(functions)
    envelope = opened(functions, world)
    at = data.draw(st.integers(0, len(envelope.payload) - 1))
    flipped = bytearray(envelope.payload)
    flipped[at] ^= 1
    forged = functions["envelope"].Envelope(
        payload=bytes(flipped), key=envelope.key, signature=envelope.signature
    )
    world.stored[f"artifacts/{key_of('provenance')}"] = functions["attest"].packed(forged)

    assert "signature is not the key's" in refused(functions, world)


def test_a_signature_by_another_key_is_found(functions: Gates) -> None:
    world, other = attested(functions), attested(functions)
    world.stored = other.stored

    assert "signature is not the key's" in refused(functions, world)


def test_a_key_that_the_envelope_brings_along_is_not_used(functions: Gates) -> None:
    world = attested(functions)
    found = opened(functions, world)
    forged = functions["envelope"].Envelope(
        payload=found.payload, key="arn:aws:kms:eu-central-1:999999999999:key/1", signature=b"x"
    )
    world.stored[f"artifacts/{key_of('provenance')}"] = functions["attest"].packed(forged)

    assert "not with" in refused(functions, world)
    assert "kms:Verify" not in world.calls


@pytest.mark.parametrize("answer", [{}, {"SignatureValid": False}])
def test_what_kms_does_not_call_valid_is_not(functions: Gates, answer: dict[str, Any]) -> None:
    world = attested(functions)
    world.verify = lambda _request: answer  # type: ignore[method-assign,assignment]

    assert "does not say that the signature is valid" in refused(functions, world)


ENVELOPE = {
    "payload": "e30=",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [{"keyid": "k", "sig": "e30="}],
}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no JSON",
        "[]",
        json.dumps({**ENVELOPE, "payloadType": "text/plain"}),
        json.dumps({**ENVELOPE, "payload": "%%"}),
        json.dumps({**ENVELOPE, "signatures": []}),
        json.dumps({**ENVELOPE, "signatures": ENVELOPE["signatures"] * 2}),  # type: ignore[operator]
        json.dumps({**ENVELOPE, "more": 1}),
    ],
)
def test_what_is_no_envelope_with_one_signature_is_found(functions: Gates, content: str) -> None:
    world = attested(functions)
    files = {"provenance.intoto.jsonl": content}
    world.stored[f"artifacts/{key_of('provenance')}"] = zipped(files)

    refused(functions, world)


@pytest.mark.parametrize(
    "files",
    [{}, {"other": "{}"}, {"provenance.intoto.jsonl": "{}", "other": ""}],
)
def test_an_artifact_that_holds_anything_else_is_found(
    functions: Gates, files: dict[str, str]
) -> None:
    world = attested(functions)
    world.stored[f"artifacts/{key_of('provenance')}"] = zipped(files)

    assert "nothing else" in refused(functions, world)


@pytest.mark.parametrize("artifact", ["assembly", "assets", "provenance"])
def test_what_is_missing_is_not_deployed(functions: Gates, artifact: str) -> None:
    world = attested(functions)
    world.artifacts.pop(key_of(artifact), None)
    world.stored = {} if artifact == "provenance" else world.stored

    refused(functions, world)


@pytest.mark.parametrize("operation", ["GetPipelineExecution", "Verify", "GetObject"])
@pytest.mark.parametrize("name", FATAL)
def test_what_cannot_be_known_is_not_deployed(functions: Gates, operation: str, name: str) -> None:
    world = attested(functions)
    world.always = {operation: FATAL[name]}

    refused(functions, world)


@pytest.mark.parametrize("fault", PASSING.values())
def test_what_passes_is_waited_for(functions: Gates, fault: Fault) -> None:
    world = attested(functions)
    world.faults = {"Verify": [fault], "GetPipelineExecution": [fault]}

    functions.invoke("check_provenance", world, asked(CHECK))

    assert world.report[0] == "done"


def test_an_execution_of_another_pipeline_is_not_asked_for(functions: Gates) -> None:
    world = attested(functions)
    world.executions_.clear()

    assert "PipelineExecutionNotFound" in refused(functions, world)


@pytest.mark.parametrize("wrong", [{"package": AUDIT}, {"audit": PACKAGE}])
def test_the_projects_are_those_that_the_pipeline_names(
    functions: Gates, wrong: dict[str, str]
) -> None:
    assert "was built by" in refused(functions, attested(functions), **wrong)


def test_a_check_signs_nothing_and_stores_nothing(functions: Gates) -> None:
    world = attested(functions)

    functions.invoke("check_provenance", world, asked(CHECK))

    assert world.operations() == {
        "codepipeline:GetPipelineExecution",
        "codepipeline:PutJobSuccessResult",
        "kms:Verify",
        "s3:GetObject",
    }


def test_an_error_answer_is_told_with_its_reason(functions: Gates) -> None:
    world = attested(functions)
    world.always = {"Verify": AwsError("DisabledException")}

    assert "DisabledException" in refused(functions, world)
