"""What a world knows, in a file from which another world goes on.

A plug-in names once what it knows. References between these things are kept. What is each world's
own, such as its clock, is referred to by its name; the world's folder and port are filled in anew.
The file is pickled: it is read only by the code that wrote it, and as trusted as that.
"""

import copy
import pickle
import random
import re
import threading
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from rehearsal.world.inside.adapter import Seams
from rehearsal.world.inside.clock import Clock, Signal

LOCKS: Final = (type(threading.Lock()), type(threading.RLock()))
KEYS: Final = (EllipticCurvePrivateKey, RSAPrivateKey)
# No text of a world has these.
FOLDER, PORT = "\N{NULL}folder\N{NULL}", "\N{NULL}port\N{NULL}"
# What stands in the name of a store of ministack.
STORE = ":"
HOSTS = r"127\.0\.0\.1|localhost"


class ForgetfulError(RuntimeError):
    """A world cannot be remembered as it is; the message says what is in the way."""


class Memory:
    """What one world knows, by name."""

    def __init__(self, seams: Seams | None = None) -> None:
        """Nothing yet but what ministack's services store, where it is asked for."""
        self._seams = seams
        self._live: dict[str, object] = {}
        self._held: dict[str, tuple[Any, tuple[str, ...]]] = {}

    def live(self, name: str, thing: object) -> None:
        """Refer by this name to something that each world has of its own."""
        self._live[name] = thing

    def hold(self, name: str, holder: Any, *attributes: str) -> None:
        """Remember a collection or a source of chance, or such attributes of a holder.

        Args:
            name: what it is called in the file.
            holder: it, which in each world is made anew.
            attributes: which of its attributes; none where it is to be remembered itself.
        """
        if name in self._held:
            raise ValueError(f"the world's memory has two of {name}")
        self._live[name] = holder
        self._held[name] = (holder, attributes)

    def write(self, file: Path, folder: Path, port: str) -> None:
        """Write all that is held.

        Args:
            file: where to.
            folder: the world's folder.
            port: where the world is served.

        Raises:
            ForgetfulError: something that is held cannot be written.
        """
        for name, store in (self._seams.stores() if self._seams else {}).items():
            if name not in self._held:
                self.hold(name, store)
        contents = {
            name: {each: getattr(holder, each) for each in attributes}
            if attributes
            else copy.copy(holder)
            for name, (holder, attributes) in self._held.items()
        }
        try:
            with file.open("wb") as target:
                writer = _Writer(target, self._live, folder, port)
                writer.dump(tuple(contents))
                writer.dump(contents)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            file.unlink()
            raise ForgetfulError(f"the world cannot be remembered: {error}") from error

    def read(self, file: Path, folder: Path, port: str) -> None:
        """Take over what another world has written, in place of what is held.

        Raises:
            ForgetfulError: it was written by a world that held other things.
        """
        with file.open("rb") as source:
            reader = _Reader(source, self._live, folder, port)
            for name in reader.load():
                if self._seams and STORE in name and name not in self._held:
                    self.hold(name, self._seams.store(name))
            contents = reader.load()
        if contents.keys() != self._held.keys():
            odd = ", ".join(sorted(contents.keys() ^ self._held.keys()))
            raise ForgetfulError(f"{file} is of a world of another kind: {odd}")
        for name, content in contents.items():
            holder, attributes = self._held[name]
            if not attributes:
                _refill(holder, content)
            for each in attributes:
                if not _refill(getattr(holder, each), content[each]):
                    setattr(holder, each, content[each])


class _Writer(pickle.Pickler):
    def __init__(self, target: Any, live: dict[str, object], folder: Path, port: str) -> None:
        super().__init__(target, pickle.HIGHEST_PROTOCOL)
        self._names = {id(thing): name for name, thing in live.items()}
        self._place = re.compile(
            rf"(?P<folder>{re.escape(str(folder))})(?![\w-])|(?P<host>{HOSTS}):{port}(?!\d)"
        )

    def persistent_id(self, thing: Any) -> tuple[str, str] | None:
        if type(thing) is str:
            text, changed = self._place.subn(_blank, thing)
            return ("text", text) if changed else None
        name = self._names.get(id(thing))
        return None if name is None else ("live", name)

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, LOCKS):
            return (threading.Lock if isinstance(thing, LOCKS[0]) else threading.RLock), ()
        if isinstance(thing, threading.Event):
            return _event, (thing.is_set(),)
        if isinstance(thing, Signal):
            return _signal, (thing.clock, thing.is_set())
        if isinstance(thing, Path):
            # Whole, so that the folder in it is found.
            return type(thing), (str(thing),)
        if isinstance(thing, KEYS):
            der = thing.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            return _key, (der,)
        return NotImplemented


class _Reader(pickle.Unpickler):
    def __init__(self, source: Any, live: dict[str, object], folder: Path, port: str) -> None:
        super().__init__(source)
        self._live, self._folder, self._port = live, str(folder), f":{port}"

    def persistent_load(self, pid: tuple[str, str]) -> object:
        kind, said = pid
        if kind == "live":
            return self._live[said]
        return said.replace(FOLDER, self._folder).replace(PORT, self._port)


def _blank(place: re.Match[str]) -> str:
    return FOLDER if place["folder"] else place["host"] + PORT


def _refill(thing: Any, content: Any) -> bool:
    """Let a thing that others hold on to have this content; whether it is one that can."""
    match thing:
        case dict() | set():
            thing.clear()
            thing.update(content)
        case list():
            thing[:] = content
        case random.Random():
            thing.setstate(content.getstate())
        case _:
            return False
    return True


def _key(der: bytes) -> object:
    return load_der_private_key(der, None)


def _event(given: bool) -> threading.Event:  # noqa: FBT001 - pickled by position
    event = threading.Event()
    if given:
        event.set()
    return event


def _signal(clock: Clock, given: bool) -> Signal:  # noqa: FBT001 - pickled by position
    signal = clock.signal()
    if given:
        signal.set()
    return signal
