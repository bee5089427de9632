"""A whole deployment on one stage: all handlers at once, switched at every AWS call.

Each invocation runs in a thread of its own, and only one thread runs at a time: before each call
to AWS, and while it waits, an actor gives way. Dice with a seed say who goes on, so that a seed is
one interleaving, the same each time. Time is virtual and passes only when all are waiting.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from random import Random
from types import TracebackType
from typing import Any, Self, TypeVar

from botocore.exceptions import ClientError

from tests.gate.conftest import Gate
from tests.gate.fake_aws import (
    EVENT,
    LATER,
    NOON,
    ArrivesAndThen,
    AwsError,
    Fault,
    Reply,
    World,
    function_reply,
    http_answer,
    usual_reply,
)
from tests.gate.faults import BROKEN, CLOSED, DENIED, REPORT, SLOW, THROTTLED

CANARY_MINUTES = 3
ALARM_MINUTES = CANARY_MINUTES + 4
RELEASES = (
    "good",
    "good",
    "fails now and then",
    "degraded",
    "degraded",
    "breaks its contract",
    "without customers",
)
FATAL_PART = 0.1
PASSING: tuple[Fault, ...] = (THROTTLED, BROKEN, CLOSED, SLOW)
LOST: tuple[Fault, ...] = (ArrivesAndThen(SLOW), ArrivesAndThen(CLOSED))
BROKEN_PROMISE = function_reply(http_answer(500, {}))

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


class Actor(threading.Thread):
    """Somebody who acts when it is their turn."""

    def __init__(
        self, act: Callable[[], object], leave: Callable[["Actor"], None], wakes: float
    ) -> None:
        super().__init__(daemon=True)
        self.turn = threading.Lock()
        self.turn.acquire()
        self.wakes = wakes
        self.fault: BaseException | None = None
        self._act, self._leave = act, leave

    def run(self) -> None:
        self.turn.acquire()
        try:
            self._act()
        except BaseException as fault:  # noqa: BLE001 raised again by the stage
            self.fault = fault
        self._leave(self)


class Stage:
    """Lets one actor go on at a time, as the dice fall."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.elapsed = 0.0
        self._actors: list[Actor] = []
        self._on: Actor | None = None
        self._fault: BaseException | None = None
        self._curtain = threading.Lock()
        self._curtain.acquire()

    def enter(self, act: Callable[[], object], *, after: float = 0) -> None:
        """Let somebody begin to act, later."""
        actor = Actor(act, self._leave, self.elapsed + after)
        self._actors.append(actor)
        actor.start()

    def wait(self, seconds: float = 0) -> None:
        """Give way to others, until so much time has passed."""
        actor = self._on
        assert actor is threading.current_thread(), "who acts is on stage"
        actor.wakes = self.elapsed + seconds
        self._on = self._choose()
        if self._on is not actor:
            self._on.turn.release()
            actor.turn.acquire()

    def play(self) -> None:
        """Go on until all have left."""
        self._on = self._choose()
        self._on.turn.release()
        self._curtain.acquire()
        if self._fault is not None:
            raise self._fault

    def _choose(self) -> Actor:
        while True:
            awake = [actor for actor in self._actors if actor.wakes <= self.elapsed]
            if awake:
                return self.dice.choice(awake)
            self.elapsed = min(actor.wakes for actor in self._actors)

    def _leave(self, actor: Actor) -> None:
        self._actors.remove(actor)
        self._fault = actor.fault
        if self._fault is not None or not self._actors:
            self._curtain.release()
        else:
            self._on = self._choose()
            self._on.turn.release()


class Release(World):
    """A world in which CodeDeploy goes on by what it is told, and all comes at once."""

    def __init__(self, gate: Gate, seed: int) -> None:
        super().__init__()
        self.seed = seed
        self.dice = Random(seed)  # noqa: S311 nothing to hide
        self.stage = Stage(self.dice)
        self.kind = self.dice.choice(RELEASES)
        self.faultiness = self.dice.choice((0.0, 0.02, 0.1))
        self.stops_at_once = False
        self.customers_since = NOON
        self.customers = 0 if self.kind == "without customers" else 1200
        self.errors["42"] = 60 if self.kind == "degraded" else 0
        self.breaks = {"breaks its contract": 1.0, "fails now and then": 0.1}.get(self.kind, 0.0)
        self.reply = self._replies
        self.raised: list[tuple[str, BaseException]] = []
        self.timelines: list[list[dict[str, Any]]] = []
        self.watches = 0
        self.watch_gave_up = False
        self.conflicts = 0
        self.after_traffic = self.has_alarm = False
        self.taken: list[str] = []
        self.invoked: Counter[str] = Counter()
        self._gate = gate
        deliveries = self.dice.choice((2, 3))
        for each in range(deliveries):
            self._deliver("pre_traffic", EVENT, after=self.dice.uniform(0, 5) * each)
        if self.dice.random() < 0.15:
            self.stage.enter(self._alarm, after=self.dice.uniform(0, 60 * ALARM_MINUTES))

    @property
    def elapsed(self) -> float:
        return self.stage.elapsed if hasattr(self, "stage") else 0.0

    @elapsed.setter
    def elapsed(self, seconds: float) -> None:
        if hasattr(self, "stage"):
            self.stage.elapsed = seconds

    @property
    def is_over(self) -> bool:
        """Whether the deployment has ended, one way or another."""
        return str(self.deployment["status"]) != "InProgress"

    def _replies(self, version: str, path: str) -> Reply:
        is_broken = version == "42" and self.dice.random() < self.breaks
        return BROKEN_PROMISE if is_broken else usual_reply(version, path)

    def sleep(self, seconds: float) -> None:
        self.stage.wait(seconds)

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any] | AwsError:
        self.stage.wait()
        return super().answer(operation, request)

    def _fault(self, name: str) -> Fault | None:
        if self.dice.random() >= self.faultiness:
            return None
        if name != REPORT and self.dice.random() < FATAL_PART:
            fault: Fault = DENIED
        else:
            arrives = name.startswith(("Put", "Start", "Stop"))
            fault = self.dice.choice(PASSING + LOST if arrives else PASSING[:3])
        self.consumed.append((name, fault))
        return fault

    def _deliver(self, entry: str, event: dict[str, str], *, after: float) -> None:
        """Deliver an event, and twice more if that raises, as Lambda does."""

        def deliver() -> None:
            for pause in (60, 120, 0):
                if self._invoke(entry, event) is not None:
                    return
                self.stage.wait(pause)

        self.stage.enter(deliver, after=after)

    def _invoke(self, entry: str, event: dict[str, str]) -> Any:  # noqa: ANN401
        self.invoked[entry] += 1
        self.seconds = 120 if entry == "watch" else 900
        try:
            return self._gate.invoke(entry, self, event)
        except Exception as error:  # noqa: BLE001 Lambda takes whatever it is
            self.raised.append((entry, error))
            return None

    def put_lifecycle_event_hook_execution_status(
        self, request: dict[str, Any]
    ) -> dict[str, Any] | AwsError:
        if self.is_over:
            return AwsError("LifecycleEventAlreadyCompletedException")
        answer = super().put_lifecycle_event_hook_execution_status(request)
        if not isinstance(answer, AwsError):
            self.taken.append(request["lifecycleEventHookExecutionId"])
            self._go_on(self.taken[-1], request["status"])
        return answer

    def _go_on(self, execution_id: str, status: str) -> None:
        if status == "Failed":
            self.end("Failed", "HOOK_FAILED")
        elif execution_id == EVENT["LifecycleEventHookExecutionId"]:
            self.stage.enter(self._shift, after=self.dice.uniform(0, 90))
        else:
            self.end("Succeeded")

    def _shift(self) -> None:
        if self.is_over:
            return
        self.shift_began = self.now
        self.alias["RoutingConfig"] = {"AdditionalVersionWeights": {"42": 0.1}}
        self.stage.wait(60 * CANARY_MINUTES)
        if self.is_over:
            return
        self.shift_ended = self.now
        self.alias = {"FunctionVersion": "42"}
        self.after_traffic = True
        for _ in range(2):
            self._deliver("post_traffic", LATER, after=self.dice.uniform(0, 5))

    def _alarm(self) -> None:
        if not self.is_over:
            self.has_alarm = True
            self.end("Stopped", "ALARM_ACTIVE")

    def stop_deployment(self, request: dict[str, Any]) -> dict[str, Any] | AwsError:
        answer = super().stop_deployment(request)
        if not isinstance(answer, AwsError):
            self.stage.enter(self._stop, after=self.dice.uniform(0, 5))
        return answer

    def _stop(self) -> None:
        if not self.is_over:
            self.end("Stopped", "MANUAL_STOP")

    def end(self, status: str, code: str | None = None) -> None:
        super().end(status, code)
        if status != "Succeeded":
            self.alias = {"FunctionVersion": "41"}

    def start_execution(self, request: dict[str, Any]) -> dict[str, Any] | AwsError:
        is_new = request["name"] not in self.executions
        answer = super().start_execution(request)
        if is_new:
            self.watches += 1
            if self.dice.random() < 0.05:
                self.stage.enter(self._alarm)
            self.stage.enter(self._watch, after=self.dice.choice((0, 60)))
        return answer

    def _watch(self) -> None:
        """Take turns as the state machine does: each minute, and each again when it fails."""
        is_over = False
        while not is_over:
            turn = {"deployment_id": "d-1", "now": self.now.isoformat()}
            if self.dice.random() < 0.2:
                self.stage.enter(partial(self._invoke, "watch", turn))
            seen = None
            for pause in (5, 10, 20, 40, 80, 160):
                seen = self._invoke("watch", turn)
                if seen is not None:
                    break
                self.stage.wait(pause)
            if seen is None:
                self.watch_gave_up = True
                return
            is_over = seen["over"]
            self.stage.wait(60)

    def put_object(self, request: dict[str, Any]) -> dict[str, Any] | AwsError:
        answer = super().put_object(request)
        if isinstance(answer, AwsError):
            self.conflicts += 1
        else:
            self.timelines.append(self.record["timeline"])
        return answer


class Client:
    """An AWS client without the wire: what the wire adds is tested elsewhere, and takes longest."""

    def __init__(self, service: str, world: Callable[[], World]) -> None:
        self._service, self._world = service, world

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        operation = "".join(part.title() for part in name.split("_"))

        def call(**request: Any) -> dict[str, Any]:  # noqa: ANN401 as botocore's
            answer = self._world().answer(f"{self._service}:{operation}", request)
            if isinstance(answer, AwsError):
                error = {"Code": answer.code, "Message": "as injected"}
                metadata = {"HTTPStatusCode": answer.status}
                raise ClientError({"Error": error, "ResponseMetadata": metadata}, operation)
            return answer

        return call


class OneAfterTheOther:
    """A pool whose work is done by whoever asks for it, so that it is on stage."""

    def __init__(self, max_workers: int) -> None:
        del max_workers

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave nothing behind."""

    def map(self, work: Callable[[_Given], _Made], given: Iterable[_Given]) -> Iterator[_Made]:
        """Do the work now."""
        return map(work, given)
