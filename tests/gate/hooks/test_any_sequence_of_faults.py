"""Not the faults that somebody thought of, but every sequence of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lambda_hooks.conftest import Hooks
from tests.lambda_hooks.fake_aws import ArrivesAndThen, Fault, World
from tests.lambda_hooks.faults import ANSWERS, CLOSED, FATAL, PASSING, REPORT, SLOW

OPERATIONS = ("GetDeployment", "ListDeploymentTargets", "GetDeploymentTarget", "GetAlias")
OUTLIVABLE = [*PASSING.values(), SLOW]


def sequences(*faults: Fault) -> st.SearchStrategy[list[Fault]]:
    return st.lists(st.sampled_from(faults), max_size=5)


FAULTS = st.fixed_dictionaries(
    {},
    optional={
        **{operation: sequences(*OUTLIVABLE, *FATAL.values()) for operation in OPERATIONS},
        "Invoke": sequences(*PASSING.values(), SLOW, *FATAL.values(), *ANSWERS.values()),
        REPORT: sequences(
            *OUTLIVABLE, *FATAL.values(), ArrivesAndThen(SLOW), ArrivesAndThen(CLOSED)
        ),
    },
)


@settings(max_examples=150, deadline=None)
@given(
    faults=FAULTS,
    entry=st.sampled_from(["pre_traffic", "post_traffic"]),
    seconds=st.floats(min_value=1, max_value=300),
    answer_seconds=st.floats(min_value=0, max_value=30),
)
def test_at_most_one_status_is_ever_sent_and_success_only_when_nothing_failed(
    hooks: Hooks, faults: dict[str, list[Fault]], entry: str, seconds: float, answer_seconds: float
) -> None:
    world = World(seconds=seconds)
    world.seconds_by_operation["lambda:Invoke"] = answer_seconds
    world.faults = {operation: list(sequence) for operation, sequence in faults.items()}

    raised = None
    try:
        hooks.invoke(entry, world)
    except BaseException as error:  # noqa: BLE001 the faults include SystemExit
        raised = error

    assert len(set(world.sent)) <= 1
    assert world.completed in {None, *world.sent}
    assert not world.overran
    assert raised is not None or world.completed is not None, "nobody was told"
    if "Succeeded" in world.sent:
        assert not [fault for name, fault in world.consumed if not outlivable(name, fault)]
        assert world.calls.count("lambda:Invoke") >= 2


def outlivable(operation: str, fault: Fault) -> bool:
    """Whether success is possible after it: it left no doubt about the release."""
    return (
        operation == REPORT
        or fault in PASSING.values()
        or (fault is SLOW and operation != "Invoke")
    )
