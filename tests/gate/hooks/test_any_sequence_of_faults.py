"""Not the faults that somebody thought of, but every sequence of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gate.conftest import Gate
from tests.gate.fake_aws import ArrivesAndThen, Fault, World, before_traffic, settled
from tests.gate.faults import ANSWERS, CLOSED, FATAL, PASSING, REPORT, SLOW

READS = (
    "GetDeployment",
    "ListDeploymentTargets",
    "GetDeploymentTarget",
    "GetAlias",
    "GetMetricData",
    "GetObject",
)
WRITES = ("StartExecution", "PutObject", "PutEvents", REPORT)
LOST = (ArrivesAndThen(SLOW), ArrivesAndThen(CLOSED))
OUTLIVABLE = [*PASSING.values(), SLOW]


def sequences(*faults: Fault) -> st.SearchStrategy[list[Fault]]:
    return st.lists(st.sampled_from(faults), max_size=5)


FAULTS = st.fixed_dictionaries(
    {},
    optional={
        "Invoke": sequences(*PASSING.values(), SLOW, *FATAL.values(), *ANSWERS.values()),
        **{operation: sequences(*OUTLIVABLE, *FATAL.values()) for operation in READS},
        **{operation: sequences(*OUTLIVABLE, *FATAL.values(), *LOST) for operation in WRITES},
    },
)


@settings(max_examples=200, deadline=None)
@given(
    faults=FAULTS,
    entry=st.sampled_from(["pre_traffic", "post_traffic"]),
    seconds=st.floats(min_value=1, max_value=900),
    answer_seconds=st.floats(min_value=0, max_value=30),
)
def test_at_most_one_status_is_ever_sent_and_success_only_when_nothing_failed(
    gate: Gate, faults: dict[str, list[Fault]], entry: str, seconds: float, answer_seconds: float
) -> None:
    world = before_traffic() if entry == "pre_traffic" else settled()
    world.seconds = seconds
    world.seconds_by_operation["lambda:Invoke"] = answer_seconds
    world.faults = {operation: list(sequence) for operation, sequence in faults.items()}

    raised = None
    try:
        gate.invoke(entry, world)
    except BaseException as error:  # noqa: BLE001 the faults include SystemExit
        raised = error

    assert len(set(world.sent)) <= 1
    assert world.completed in {None, *world.sent}
    assert not world.overran
    assert raised is not None or world.completed is not None, "nobody was told"
    if "Succeeded" in world.sent:
        assert_earned(world, entry)


def assert_earned(world: World, entry: str) -> None:
    """See that no fault left a doubt about the release, and that the success is on record."""
    assert not [fault for name, fault in world.consumed if not outlivable(name, fault)]
    assert world.calls.count("lambda:Invoke") >= 2
    assert world.record["outcome"] == ("shifting" if entry == "pre_traffic" else "passed")
    assert len(world.executions) == (entry == "pre_traffic")


def outlivable(operation: str, fault: Fault) -> bool:
    """Whether success is possible after it: it left no doubt about the release."""
    return (
        operation in {REPORT, "PutEvents"}
        or fault in PASSING.values()
        or fault in LOST
        or (fault is SLOW and operation != "Invoke")
    )
