"""Whatever breaks half-way, and wherever: readers keep a value, and the next try ends it."""

from collections.abc import Mapping
from contextlib import suppress
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.rotation.conftest import OLD, STEPS, TOKEN, Context, Rotation
from tests.rotation.fake_secret import FakeSecret

LOST = ConnectionClosedError(endpoint_url="https://aws.invalid")
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "any")
DENIED = ClientError({"Error": {"Code": "AccessDeniedException"}}, "any")


class CrashError(BaseException):
    """The process ended: no handler of ours sees it."""


class Line:
    """Stands before the client: at one call, it lets something else happen."""

    def __init__(
        self, client: object, *, at: int, arrives: bool, error: BaseException, times: int = 1
    ) -> None:
        self.client = client
        self.calls: list[str] = []
        self._at, self._arrives, self._error, self._times = at, arrives, error, times

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        def call(**request: Any) -> Any:  # noqa: ANN401
            self.calls.append(name)
            struck = self._at <= len(self.calls) - 1 < self._at + self._times
            answer = getattr(self.client, name)(**request) if self._arrives or not struck else None
            if struck:
                raise self._error
            return answer

        return call


def line(rotation: Rotation, monkeypatch: pytest.MonkeyPatch, **how: Any) -> Line:  # noqa: ANN401
    made = Line(rotation.client, **how)
    monkeypatch.setattr(rotation.modules["vault"], "secrets", lambda: made)
    return made


def calls_of_a_rotation(rotation: Rotation, monkeypatch: pytest.MonkeyPatch) -> int:
    made = line(rotation, monkeypatch, at=-1, arrives=True, error=CrashError())
    rotation.begin()
    rotation.run()
    return len(made.calls)


# As many as one rotation makes; `test_every_call_is_struck` holds it to that.
CALLS = range(12)


def test_every_call_is_struck(rotation: Rotation, monkeypatch: pytest.MonkeyPatch) -> None:
    assert calls_of_a_rotation(rotation, monkeypatch) == len(CALLS)


@pytest.mark.parametrize("at", CALLS)
@pytest.mark.parametrize("arrives", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "error", [CrashError(), DENIED, LOST, THROTTLED], ids=["crash", "denied", "lost", "throttled"]
)
def test_a_rotation_that_broke_is_ended_by_the_next_try(
    rotation: Rotation,
    monkeypatch: pytest.MonkeyPatch,
    at: int,
    error: BaseException,
    *,
    arrives: bool,
) -> None:
    line(rotation, monkeypatch, at=at, arrives=arrives, error=error)
    rotation.begin()
    try:
        rotation.run()
    except (CrashError, ClientError):
        assert rotation.value() is not None
        assert len(rotation.staged("AWSCURRENT")) == 1
    rotation.run()

    assert rotation.staged("AWSCURRENT") == [TOKEN]
    assert rotation.value() not in {None, OLD}
    assert rotation.value("AWSPREVIOUS") == OLD


@pytest.mark.parametrize("at", CALLS)
@pytest.mark.parametrize("error", [LOST, THROTTLED], ids=["lost", "throttled"])
def test_what_passes_is_waited_for_within_the_step(
    rotation: Rotation, monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException
) -> None:
    line(rotation, monkeypatch, at=at, arrives=False, error=error, times=3)
    rotation.begin()
    rotation.run()
    assert rotation.value("AWSPREVIOUS") == OLD


def test_a_value_that_another_invocation_was_first_to_put_stays(
    modules: Mapping[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, vault = FakeSecret(), modules["vault"]
    monkeypatch.setattr(vault, "secrets", lambda: secret)
    secret.begin(TOKEN)
    drawn = vault.Vault.draw

    def overtaken(self: Any, length: int) -> str:  # noqa: ANN401
        secret.put_secret_value(
            ClientRequestToken=TOKEN, SecretString="f" * length, VersionStages=["AWSPENDING"]
        )
        return str(drawn(self, length))

    monkeypatch.setattr(vault.Vault, "draw", overtaken)
    for step in STEPS:
        invoke(modules, step, TOKEN)
    assert (secret.value("AWSCURRENT"), secret.value("AWSPREVIOUS")) == ("f" * 32, OLD)


class AnyOrder(RuleBasedStateMachine):
    """Steps of any rotation in any order, crashes at any call, people who put in values."""

    modules: Mapping[str, ModuleType]

    def __init__(self) -> None:
        super().__init__()
        self.secret = FakeSecret()
        self.tokens = ["first"]
        self.current: str | None = OLD
        self.previous: str | None = None

    @rule()
    def rotate(self) -> None:
        token = f"rotation-{len(self.tokens)}"
        if self.secret.begin(token):
            self.tokens.append(token)

    @rule()
    def put_by_hand(self) -> None:
        self.tokens.append(f"hand-{len(self.tokens)}")
        self.secret.put_by_hand(self.tokens[-1], f"put in by hand, {len(self.tokens)}")
        self.moved()

    @rule(
        step=st.sampled_from(STEPS),
        back=st.integers(0, 3),
        at=st.integers(0, 8),
        arrives=st.booleans(),
        error=st.sampled_from([CrashError(), DENIED, LOST, THROTTLED]),
    )
    def step(self, step: str, back: int, at: int, error: BaseException, *, arrives: bool) -> None:
        known = [*reversed(self.tokens)]
        token = known[back] if back < len(known) else "never heard of"
        made = Line(self.secret, at=at, arrives=arrives, error=error)
        staged = set(self.secret.stages.get(token, ()))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.modules["vault"], "secrets", lambda: made)
            with suppress(CrashError, ClientError, self.modules["standing"].RefusedError):
                invoke(self.modules, step, token)
        if self.secret.value("AWSCURRENT") != self.current:
            assert step == "finishSecret"
            assert "AWSPENDING" in staged
            self.moved()

    def moved(self) -> None:
        self.current, self.previous = self.secret.value("AWSCURRENT"), self.current

    @invariant()
    def readers_have_one_value_and_the_one_before(self) -> None:
        assert self.current is not None
        assert self.secret.value("AWSCURRENT") == self.current
        assert self.secret.value("AWSPREVIOUS") == self.previous

    def teardown(self) -> None:
        """Whatever happened, a rotation that is tried again ends."""
        pending = [v for v, stages in self.secret.stages.items() if "AWSPENDING" in stages]
        for token in pending:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(self.modules["vault"], "secrets", lambda: self.secret)
                for step in STEPS:
                    invoke(self.modules, step, token)
            assert self.secret.value("AWSCURRENT") == self.secret.values[token]


def invoke(modules: Mapping[str, ModuleType], step: str, token: str) -> None:
    event = {"Step": step, "SecretId": "arn", "ClientRequestToken": token}
    modules["rotate"].handle(event, Context())


def test_in_any_order_nothing_is_lost(modules: Mapping[str, ModuleType]) -> None:
    AnyOrder.modules = modules
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=100,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
