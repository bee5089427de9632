"""Makes the world's clock the clock of a Python process: `time` and `datetime` read it.

It is used twice: by the emulator for itself, and by each Lambda worker, which finds this folder
on its path. So it imports nothing but the standard library. `asyncio`, locks and queues keep the
machine's own clock: they count real seconds for real input and output.
"""

import asyncio
import datetime as dt
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

REAL = SimpleNamespace(**{name: getattr(time, name) for name in dir(time) if name[0] != "_"})
REAL_DATETIME = dt.datetime
REAL_DATE = dt.date


def install(now: Callable[[], float], sleep: Callable[[float], None] | None = None) -> None:
    """From now on this process lives by `now`; modules imported before may keep real names.

    Args:
        now: the time, in seconds since 1970.
        sleep: what `time.sleep` does; the real one stays where none is given.
    """
    began = now()
    time.time = now
    time.time_ns = lambda: int(now() * 1e9)
    for name in ("gmtime", "localtime", "ctime"):
        setattr(time, name, _at_now(getattr(REAL, name), now))
    time.strftime = lambda form, *when: REAL.strftime(form, *(when or (REAL.localtime(now()),)))
    time.asctime = lambda *when: REAL.asctime(*(when or (REAL.localtime(now()),)))
    dt.datetime = _datetime(now)  # type: ignore[misc]
    dt.date = _date(now)  # type: ignore[misc]
    if sleep is not None:
        time.sleep = sleep  # type: ignore[assignment]
        for name in ("monotonic", "perf_counter"):
            origin = getattr(REAL, name)()
            setattr(time, name, lambda origin=origin: origin + now() - began)
            setattr(time, f"{name}_ns", lambda origin=origin: int((origin + now() - began) * 1e9))
        asyncio.BaseEventLoop.time = _real_seconds  # type: ignore[assignment, method-assign]


def _real_seconds(_loop: asyncio.BaseEventLoop) -> float:
    seconds: float = REAL.monotonic()
    return seconds


def _at_now(real: Callable[..., Any], now: Callable[[], float]) -> Callable[..., Any]:
    return lambda seconds=None: real(now() if seconds is None else seconds)


def _datetime(now: Callable[[], float]) -> type[dt.datetime]:
    class Kind(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, REAL_DATETIME)

        def __subclasscheck__(cls, other: type) -> bool:
            return issubclass(other, REAL_DATETIME)

    class WorldDatetime(REAL_DATETIME, metaclass=Kind):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return cls.fromtimestamp(now(), tz)

        @classmethod
        def utcnow(cls) -> Any:
            return cls.fromtimestamp(now(), dt.UTC).replace(tzinfo=None)

        @classmethod
        def today(cls) -> Any:
            return cls.now()

    kind: type[dt.datetime] = _named(WorldDatetime, "datetime")
    return kind


def _date(now: Callable[[], float]) -> type[dt.date]:
    class Kind(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, REAL_DATE)

        def __subclasscheck__(cls, other: type) -> bool:
            return issubclass(other, REAL_DATE)

    class WorldDate(REAL_DATE, metaclass=Kind):
        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(now())

    kind: type[dt.date] = _named(WorldDate, "date")
    return kind


def _named(kind: Any, name: str) -> Any:
    # Under the real name it can be pickled and copied, and messages stay as they are.
    kind.__name__ = kind.__qualname__ = name
    kind.__module__ = "datetime"
    return kind
