"""Who acts in the emulator: each request, each function run and each thread that one starts."""

import contextvars
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

from rehearsal.world.inside.clock import Clock, Party

HEADER = b"x-world-party"


class Parties:
    """The parties of one world, and the threads that carry them on."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._context: contextvars.ContextVar[Party | None] = contextvars.ContextVar("party")
        self._thread = threading.local()
        # By the name that a caller gives itself: a worker's, or a host's busy block.
        self.named: dict[str, Party] = {}
        # Each worker that runs a function now, and on whose behalf.
        self.workers: dict[Any, Party] = {}
        self.stop_worker: Callable[[Any], None] = lambda _worker: None

    def find(self, name: str) -> Party | None:
        """The party that calls itself so: a host's block, or the worker with that process."""
        return self.named.get(name) or next(
            (party for worker, party in list(self.workers.items()) if called(worker) == name), None
        )

    def stop(self, party: Party) -> None:
        """Stop the worker that runs on behalf of the party."""
        for worker, of in list(self.workers.items()):
            if of is party:
                self.stop_worker(worker)

    def current(self) -> Party | None:
        """The party on whose behalf this code runs, if it has not left."""
        party: Party | None = getattr(self._thread, "party", None) or self._context.get(None)
        return party if party is not None and party.open else None

    @contextmanager
    def acting(self, name: str, parent: Party | None = None) -> Iterator[Party]:
        """Inside, this code runs on behalf of a new party, for which `parent` waits."""
        with self.clock.busy(name, parent) as party:
            token = self._context.set(party)
            try:
                yield party
            finally:
                self._context.reset(token)

    @contextmanager
    def on_this_thread(self, party: Party) -> Iterator[None]:
        """Inside, this thread runs on behalf of the party, which leaves at the end."""
        before = getattr(self._thread, "party", None)
        self._thread.party = party
        try:
            yield
        finally:
            self._thread.party = before
            self.clock.leave(party)

    def sleep(self, seconds: float) -> None:
        """`time.sleep` on the clock, for the party that runs this."""
        self.clock.sleep(seconds, self.current())

    def doze(self, seconds: float) -> None:
        """`time.sleep` of a loop that looks around: in the background, as a party of its own."""
        party = getattr(self._thread, "party", None)
        if party is None:
            name = threading.current_thread().name
            party = self._thread.party = self.clock.enter(f"loop {name}", loops=True)
        self.clock.sleep(seconds, party, background=True)

    def start(self, name: str, work: Callable[[], object]) -> threading.Thread:
        """Run the work on a thread, as a party of its own from now on."""
        thread: threading.Thread = self.threads().Thread(target=work, name=name, daemon=True)
        thread.start()
        return thread

    def watch(self, name: str, seconds: int, look: Callable[[], object]) -> None:
        """Look whenever so many seconds are full, in the background: this makes no time pass."""

        def loop() -> None:
            party = self.clock.enter(f"watch {name}", loops=True)
            with self.on_this_thread(party):
                while True:
                    self.clock.sleep(seconds - self.clock.now() % seconds, party, background=True)
                    try:
                        look()
                    except Exception:
                        logging.getLogger(__name__).exception("the watch over %s failed", name)

        threading.Thread(target=loop, name=name, daemon=True).start()

    def asgi(self, app: Callable[..., Any]) -> Callable[..., Any]:
        """Each HTTP request is a party, for which the one that sent it waits."""

        async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            sender = dict(scope["headers"]).get(HEADER, b"").decode()
            name = f"{scope['method']} {scope['path']}"
            with self.acting(name, self.find(sender)):
                await app(scope, receive, send)

        return answer

    def threads(self, loops: frozenset[str] = frozenset()) -> Any:
        """Stands in for the module `threading` in a module of the emulator.

        Args:
            loops: names of functions that run for ever and so are no party.
        """
        parties = self

        class Thread(threading.Thread):
            _party: Party | None = None

            def start(self) -> None:
                target = getattr(self, "_target", None)
                if getattr(target, "__name__", "") not in loops:
                    self._party = parties.clock.enter(f"thread {self.name}")
                super().start()

            def run(self) -> None:
                if self._party is None:
                    super().run()
                    return
                with parties.on_this_thread(self._party):
                    super().run()

            def join(self, timeout: float | None = None) -> None:
                with parties.clock.waiting(parties.current()):
                    super().join(timeout)

        class Event:
            def __init__(self) -> None:
                signal = parties.clock.signal()
                self.is_set, self.set = signal.is_set, signal.set
                self.wait = lambda timeout=None: signal.wait(timeout, parties.current())

        return like(threading, Thread=Thread, Event=Event)

    def pools(self) -> type[ThreadPoolExecutor]:
        """Stands in for `ThreadPoolExecutor`: whoever submits work waits for it."""
        parties = self

        class Pool(ThreadPoolExecutor):
            def submit(self, work: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
                party = parties.clock.enter(f"task {work}", parties.current())

                def run() -> Any:
                    with parties.on_this_thread(party):
                        return work(*args, **kwargs)

                return super().submit(run)

        return Pool


def called(worker: Any) -> str:
    """What a worker of the emulator calls itself, by its process."""
    process = worker._proc
    return f"worker-{process.pid}" if process is not None else ""


def like(module: ModuleType, **instead: object) -> Any:
    """The module's names in a namespace of its own, some of them replaced."""
    return SimpleNamespace(**{**vars(module), **instead})
