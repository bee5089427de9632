"""Each step does its part once, whenever and however often it is called."""

import json

import pytest

from tests.rotation.conftest import FUNCTION, LENGTH, OLD, STEPS, TOKEN, Context, Rotation

OTHER = "99999999-8888-7777-6666-555555555555"


def refusal(rotation: Rotation, step: str, token: str = TOKEN, **more: Context) -> str:
    """Why a step is refused; it changes nothing."""
    before = rotation.value(), rotation.value("AWSPREVIOUS"), rotation.value("AWSPENDING")
    with pytest.raises(rotation.modules["standing"].RefusedError) as refused:
        rotation.step(step, token, **more)
    assert before == (
        rotation.value(),
        rotation.value("AWSPREVIOUS"),
        rotation.value("AWSPENDING"),
    )
    return str(refused.value)


def test_four_steps_replace_the_value_and_keep_the_one_before(rotation: Rotation) -> None:
    rotation.begin()
    rotation.run()

    new = rotation.value()
    assert new is not None
    assert new != OLD
    assert (len(new), new.isascii(), new.isalnum()) == (LENGTH, True, True)
    assert rotation.value("AWSPREVIOUS") == OLD
    assert rotation.staged("AWSCURRENT") == [TOKEN]


def test_readers_have_the_old_value_until_the_last_step(rotation: Rotation) -> None:
    rotation.begin()
    for step in STEPS[:-1]:
        rotation.step(step)
        assert rotation.value() == OLD
    rotation.step(STEPS[-1])
    assert rotation.value() != OLD


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_comes_twice_is_taken_once(rotation: Rotation, step: str) -> None:
    rotation.begin()
    for each in STEPS:
        rotation.step(each)
        before = rotation.value("AWSPENDING")
        if each == step:
            rotation.step(each)
            assert rotation.value("AWSPENDING") == before
    assert rotation.value("AWSPREVIOUS") == OLD


@pytest.mark.parametrize("step", STEPS)
def test_after_the_rotation_each_step_is_done(rotation: Rotation, step: str) -> None:
    rotation.begin()
    rotation.run()
    new = rotation.value()

    assert rotation.step(step) == "done before"
    assert (rotation.value(), rotation.value("AWSPREVIOUS")) == (new, OLD)


def test_a_second_rotation_keeps_the_first_ones_value_as_the_one_before(
    rotation: Rotation,
) -> None:
    rotation.begin()
    rotation.run()
    first = rotation.value()
    rotation.begin(OTHER)
    rotation.run(OTHER)

    assert rotation.value() != first
    assert rotation.value("AWSPREVIOUS") == first


@pytest.mark.parametrize("step", STEPS)
def test_a_version_that_is_unknown_is_refused(rotation: Rotation, step: str) -> None:
    rotation.begin()
    assert "no version" in refusal(rotation, step, OTHER)


@pytest.mark.parametrize("step", STEPS)
def test_a_version_that_is_over_is_refused(rotation: Rotation, step: str) -> None:
    """A late duplicate of the rotation before must not bring its value back."""
    rotation.begin()
    rotation.run()
    rotation.begin(OTHER)
    rotation.run(OTHER)
    assert "not staged as AWSPENDING" in refusal(rotation, step, TOKEN)


@pytest.mark.parametrize("step", STEPS)
def test_a_secret_whose_rotation_is_off_is_refused(rotation: Rotation, step: str) -> None:
    rotation.begin()
    rotation.record.rotation_enabled = False
    assert "not enabled" in refusal(rotation, step)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("function", ["", FUNCTION + "-of-another"])
def test_a_secret_that_another_function_rotates_is_refused(
    rotation: Rotation, step: str, function: str
) -> None:
    rotation.begin()
    rotation.record.rotation_lambda_arn = function
    assert "rotated by" in refusal(rotation, step)


@pytest.mark.parametrize("step", ["testSecret", "finishSecret"])
def test_without_a_new_value_nothing_is_tested_or_finished(rotation: Rotation, step: str) -> None:
    """Steps out of order: createSecret crashed, or never came."""
    rotation.begin()
    assert "has no value" in refusal(rotation, step)


@pytest.mark.parametrize("step", ["testSecret", "finishSecret"])
@pytest.mark.parametrize(
    "value", ["", "x" * (LENGTH - 1), "x" * (LENGTH + 1), "x" * (LENGTH - 1) + "/", "é" * LENGTH]
)
def test_a_value_that_is_not_as_asked_for_never_becomes_the_current_one(
    rotation: Rotation, step: str, value: str
) -> None:
    rotation.begin(value=value)
    why = refusal(rotation, step)
    assert "not as it was asked for" in why
    assert not value or value not in why


def test_a_copy_of_the_current_value_is_tested_and_never_finished(rotation: Rotation) -> None:
    """What RotateSecret tries where it is not to rotate at once, and what must not come of it."""
    rotation.begin(value=OLD)
    assert "copy" in rotation.step("testSecret")
    assert "current one" in refusal(rotation, "finishSecret")


def test_a_configuration_can_be_tested_while_a_value_put_by_hand_is_another_kind(
    rotation: Rotation,
) -> None:
    rotation.client.put_secret_value(SecretId=rotation.arn, SecretString="by-hand!")
    rotation.begin(value="by-hand!")
    assert "copy" in rotation.step("testSecret")


def test_a_secret_that_never_had_a_value_gets_one(rotation: Rotation) -> None:
    rotation.begin()
    rotation.record.versions = {TOKEN: rotation.record.versions[TOKEN]}
    for step in STEPS[:-1]:
        rotation.step(step)
    drawn = rotation.value("AWSPENDING")
    assert drawn is not None
    assert len(drawn) == LENGTH


@pytest.mark.parametrize(
    "event",
    [
        None,
        "text",
        [],
        {},
        {"Step": "createSecret", "SecretId": "arn"},
        {"Step": "createSecret", "SecretId": 7, "ClientRequestToken": TOKEN},
        {"Step": "dropSecret", "SecretId": "arn", "ClientRequestToken": TOKEN},
        {"Step": "", "SecretId": "arn", "ClientRequestToken": TOKEN},
    ],
)
def test_an_event_without_meaning_is_refused(rotation: Rotation, event: object) -> None:
    with pytest.raises(rotation.modules["asked"].UnreadableEventError):
        rotation.modules["rotate"].handle(event, Context())


def test_without_time_for_a_call_nothing_is_begun(rotation: Rotation) -> None:
    rotation.begin()
    with pytest.raises(rotation.modules["deadline"].OutOfTimeError):
        rotation.step("createSecret", context=Context(seconds=2))
    assert rotation.value("AWSPENDING") is None


def test_no_value_is_ever_logged(rotation: Rotation, capsys: pytest.CaptureFixture[str]) -> None:
    rotation.begin()
    rotation.run()

    said = capsys.readouterr().out
    assert [json.loads(line)["step"] for line in said.splitlines()] == list(STEPS)
    assert OLD not in said
    assert str(rotation.value()) not in said
