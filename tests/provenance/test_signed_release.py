"""A release whose code was signed is attested, checked and deployed as it was signed."""

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest

from tests.gate.fake_aws import NOON
from tests.provenance.fake_aws import ATTEST, CHECK, Released, asked, key_of, zipped
from tests.release.loaded import Gates

SIGNING = "lockgate-sign"
SIGNED = "assembly assets evidence signed", "provenance"


def signed_release() -> Released:
    """A release whose assets the function `SIGNING` put out again, signed."""
    world = Released()
    world.artifacts[key_of("signed")] = zipped({"aa.zip": "signed", "bb.zip": "second"})
    world.actions.append(
        {
            "stageName": "Sign",
            "actionName": "Sign",
            "status": "Succeeded",
            "startTime": NOON,
            "input": {
                "configuration": {"FunctionName": SIGNING},
                "inputArtifacts": [place_of("assembly"), place_of("assets")],
            },
            "output": {"outputArtifacts": [place_of("signed")]},
        }
    )
    return world


def place_of(name: str) -> dict[str, Any]:
    return {"name": name, "s3location": {"bucket": "artifacts", "key": key_of(name)}}


def test_a_signed_release_is_attested_by_what_was_built_and_by_what_is_deployed(
    functions: Gates,
) -> None:
    world = signed_release()

    functions.invoke("attest", world, asked(*SIGNED, signer=SIGNING))

    with zipfile.ZipFile(io.BytesIO(world.provenance)) as archive:
        envelope = functions["envelope"].Envelope.of(archive.read("provenance.intoto.jsonl"))
    said = json.loads(envelope.payload)
    internal = said["predicate"]["buildDefinition"]["internalParameters"]
    named = {each["name"]: each["digest"]["sha256"] for each in said["subject"]}
    assert internal["signer"] == SIGNING
    assert named["assets/aa.zip"] == hashlib.sha256(b"first").hexdigest()
    assert named["signed/aa.zip"] == hashlib.sha256(b"signed").hexdigest()
    assert {"assets", "signed"} <= set(named)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "Failed"},
        {"stageName": "Build"},
        {"input": {"configuration": {"FunctionName": "other"}}},
        {"input": {"configuration": {"FunctionName": SIGNING}, "inputArtifacts": []}},
        {
            "input": {
                "configuration": {"FunctionName": SIGNING},
                "inputArtifacts": [
                    {**place_of("assets"), "s3location": {"bucket": "b", "key": "k"}}
                ],
            }
        },
        {"output": {}},
        {
            "output": {
                "outputArtifacts": [
                    {**place_of("signed"), "s3location": {"bucket": "artifacts", "key": "other"}}
                ]
            }
        },
    ],
)
def test_code_that_the_signing_has_not_put_out_is_not_attested(
    functions: Gates, change: dict[str, Any]
) -> None:
    world = signed_release()
    world.actions[-1] |= change

    with pytest.raises(functions["turn"].ClosedError):
        functions.invoke("attest", world, asked(*SIGNED, signer=SIGNING))

    assert world.stored == {}
    assert "kms:Sign" not in world.calls


@pytest.mark.parametrize(("action", "signer"), [(ATTEST, {"signer": SIGNING}), (SIGNED, {})])
def test_a_release_is_attested_as_signed_only_where_it_was_to_be(
    functions: Gates, action: tuple[str, str], signer: dict[str, str]
) -> None:
    with pytest.raises(functions["turn"].ClosedError):
        functions.invoke("attest", signed_release(), asked(*action, **signer))


CHECK_SIGNED = "assembly signed provenance"


def attested(functions: Gates) -> Released:
    world = signed_release()
    functions.invoke("attest", world, asked(*SIGNED, signer=SIGNING))
    world.reports.clear()
    return world


def test_what_was_signed_and_attested_goes_on(functions: Gates) -> None:
    world = attested(functions)

    functions.invoke("check_provenance", world, asked(CHECK_SIGNED, signer=SIGNING))

    assert world.report[0] == "done"


def unsigned_in_its_place(world: Released) -> None:
    world.artifacts[key_of("signed")] = world.artifacts[key_of("assets")]


def another_package(world: Released) -> None:
    world.artifacts[key_of("signed")] = zipped({"aa.zip": "evil", "bb.zip": "second"})


@pytest.mark.parametrize("change", [unsigned_in_its_place, another_package])
def test_what_is_not_what_was_signed_goes_no_further(functions: Gates, change: Any) -> None:  # noqa: ANN401
    world = attested(functions)
    change(world)

    with pytest.raises(functions["turn"].ClosedError, match="signed"):
        functions.invoke("check_provenance", world, asked(CHECK_SIGNED, signer=SIGNING))


@pytest.mark.parametrize("signer", [{}, {"signer": "other"}])
def test_a_signer_that_is_not_the_stated_one_goes_no_further(
    functions: Gates, signer: dict[str, str]
) -> None:
    world = attested(functions)
    artifacts = CHECK_SIGNED if signer else CHECK

    with pytest.raises(functions["turn"].ClosedError, match=r"internalParameters\.signer"):
        functions.invoke("check_provenance", world, asked(artifacts, **signer))
