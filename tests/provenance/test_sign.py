"""The code of a release is signed once, whatever goes wrong on the way, or it goes no further."""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.gate.fake_aws import NOON, ArrivesAndThen, AwsError
from tests.provenance.fake_aws import key_of, zipped
from tests.provenance.fake_signer import (
    CONFIG,
    PLAIN,
    SIGNATURE,
    SIGNED,
    STORE,
    Signing,
    function,
    nested,
    packages,
    sign,
    template,
    turn,
)
from tests.release.loaded import Gates

LATE = json.dumps({"attempt": "1", "since": "2026-11-23T11:00:00+00:00"})


def refused(functions: Gates, world: Signing, event: object = None) -> str:
    """Why nothing is put out."""
    with pytest.raises(functions["turn"].ClosedError) as closed:
        functions.invoke("sign", world, event or turn())
    assert world.reports[-1][0] == "refused"
    assert world.stored == {}
    return str(closed.value)


def test_what_functions_take_only_signed_is_put_out_signed_under_the_same_names(
    functions: Gates,
) -> None:
    world = Signing()

    functions.invoke("sign", world, turn())

    assert world.report == ("done", {"executionDetails": {"summary": "2 packages are signed"}})
    assert set(world.put_out) == {*SIGNED, *PLAIN}
    for name in SIGNED:
        assert packages(world.put_out[name]) == {
            "app.py": name.encode(),
            SIGNATURE: b"the profile",
        }


def test_what_no_function_takes_only_signed_goes_through_as_it_is(functions: Gates) -> None:
    world = Signing()

    functions.invoke("sign", world, turn())

    assert {name: world.put_out[name] for name in PLAIN} == {
        name: world.given[name] for name in PLAIN
    }


def test_the_release_waits_for_its_signatures(functions: Gates) -> None:
    world = Signing()
    world.looks = 1

    functions.invoke("sign", world, turn())
    token = world.token()
    assert world.stored == {}
    world.next_turn()
    functions.invoke("sign", world, turn(token))

    assert world.report[0] == "done"
    assert len(world.jobs) == len(SIGNED)


def test_later_turns_hand_nothing_over_again(functions: Gates) -> None:
    world = Signing()
    world.looks = 1
    functions.invoke("sign", world, turn())
    world.next_turn()
    world.calls.clear()

    functions.invoke("sign", world, turn(json.dumps({"attempt": "other", "since": str(NOON)})))

    assert world.calls.count("s3:PutObject") == 0


@pytest.mark.parametrize(
    "operation",
    ["PutObject", "StartSigningJob", "DescribeSigningJob", "GetObject"],
)
def test_a_turn_that_lambda_hands_out_again_starts_no_second_job(
    functions: Gates, operation: str
) -> None:
    """The call arrives, the function dies, and the same event comes again."""
    world = Signing()
    world.faults[operation] = [ArrivesAndThen(SystemExit("killed"))]
    world.always["PutJobFailureResult"] = AwsError("Lost", 500)
    with pytest.raises(functions["outcome"].NotReportedError):
        functions.invoke("sign", world, turn())
    del world.always["PutJobFailureResult"]

    functions.invoke("sign", world, turn())

    assert world.report[0] == "done"
    assert len(world.jobs) == len(SIGNED)


def test_a_stage_that_a_person_retries_asks_anew(functions: Gates) -> None:
    """A job that failed stays failed: what is asked again must be another."""
    world = Signing()
    world.ends = {"status": "Failed", "statusReason": "no reason"}
    refused(functions, world)
    world.next_turn()
    world.ends = {"status": "Succeeded"}

    functions.invoke("sign", world, turn(job="22222222-2222-3333-4444-555555555555"))

    assert [kind for kind, _ in world.reports] == ["done"]
    assert len(world.jobs) == len(SIGNED) + 1


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ({"status": "Failed", "statusReason": "the profile is canceled"}, "profile is canceled"),
        ({"status": "Failed"}, "is Failed: no reason given"),
        ({"status": "Unknown"}, "is Unknown"),
        ({"revocationRecord": {"reason": "stolen"}}, "is Succeeded"),
        ({"profileName": "another"}, "signed as 'another'"),
        ({"signedObject": {}}, "does not say that it left"),
        ({"signedObject": {"s3": {"bucketName": STORE, "key": "elsewhere.zip"}}}, "its folder"),
        ({"signedObject": {"s3": {"bucketName": "other", "key": "signing/x"}}}, "its folder"),
    ],
)
def test_a_job_that_has_not_succeeded_as_it_was_asked_ends_the_release(
    functions: Gates, ends: dict[str, Any], said: str
) -> None:
    world = Signing()
    world.ends |= ends

    assert said in refused(functions, world)


def test_signatures_that_do_not_come_end_the_release(functions: Gates) -> None:
    world = Signing()
    functions.invoke("sign", world, turn())
    world.next_turn()
    world.stored.clear()
    world.jobs = {job: {**each, "looks": 9} for job, each in world.jobs.items()}
    world.looks = 9

    assert "aa.zip was not signed in 30 minutes" in refused(functions, world, turn(LATE))


@pytest.mark.parametrize("token", ["{}x", '{"attempt": 1}', '{"attempt": "1", "since": "now"}'])
def test_a_token_that_is_not_ours_is_not_believed(functions: Gates, token: str) -> None:
    refused(functions, Signing(), turn(token))


def more(package: bytes) -> bytes:
    return nested({**packages(sign(package)), "extra.py": b"x"})


def less(package: bytes) -> bytes:
    return nested({SIGNATURE: b"x", "other.py": packages(package)["app.py"]})


def other(package: bytes) -> bytes:
    return nested({**packages(sign(package)), "app.py": b"other"})


def unsigned(package: bytes) -> bytes:
    return package


def an_empty_folder(package: bytes) -> bytes:
    return nested({**packages(package), "META_INF/": b""})


@pytest.mark.parametrize("made", [more, less, other, unsigned, an_empty_folder])
def test_a_package_that_was_not_only_signed_ends_the_release(functions: Gates, made: Any) -> None:  # noqa: ANN401
    world = Signing()
    world.signing = made

    assert refused(functions, world).startswith("The release cannot be signed: aa.zip: ")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_signed_package_with_two_meanings_ends_the_release(functions: Gates) -> None:
    def twice(package: bytes) -> bytes:
        content = io.BytesIO(sign(package))
        with zipfile.ZipFile(content, "a") as archive:
            archive.writestr("app.py", packages(package)["app.py"])
        return content.getvalue()

    world = Signing()
    world.signing = twice

    assert "two files have one name" in refused(functions, world)


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        ({"App": function("aa.zip")}, "no function of the release takes signed code alone"),
        ({"App": function("dd.zip", **CONFIG)}, "does not hold dd.zip"),
        ({"App": function({"Ref": "Key"}, **CONFIG)}, "App does not say which file its code is"),
        ({"App": {"Type": "AWS::Lambda::Function", "Properties": CONFIG}}, "App does not say"),
    ],
)
def test_a_release_whose_functions_cannot_get_signed_code_is_not_signed(
    functions: Gates, resources: dict[str, Any], said: str
) -> None:
    world = Signing()
    world.artifacts[key_of("assembly")] = zipped({"x.template.json": template(**resources)})

    assert said in refused(functions, world)
    assert world.jobs == {}


@pytest.mark.parametrize("artifact", ["assembly", "assets"])
def test_an_artifact_that_cannot_be_read_is_not_signed(functions: Gates, artifact: str) -> None:
    world = Signing()
    world.artifacts[key_of(artifact)] = b"no zip"

    refused(functions, world)
    assert world.jobs == {}


def test_packages_are_handed_over_with_the_functions_own_rights(functions: Gates) -> None:
    """And the artifacts with what CodePipeline lends: AWS Signer acts as who asks it."""
    world = Signing()

    functions.invoke("sign", world, turn())

    assert {key for name, key in world.signed if name.endswith("SigningJob")} == {"own"}
    handed = [request for name, request in world.requests if name == "s3:PutObject"]
    assert {request["Bucket"] for request in handed} == {STORE, "artifacts"}


def test_only_the_bytes_that_were_built_are_signed(functions: Gates) -> None:
    """Somebody else's object under the name of a package is signed, found out, and not put out."""
    world = Signing()
    functions.invoke("sign", world, turn())
    world.next_turn()
    world.stored.clear()
    world.jobs.clear()
    world.by_token.clear()
    world.folder = {key: ("7", zipped({"app.py": "evil"})) for key in world.folder}

    assert "app.py is not what it was" in refused(functions, world)
