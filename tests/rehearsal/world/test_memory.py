"""What is held is there again in another world, with all that hangs together; or nothing is."""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rehearsal.world.inside.clock import Clock
from rehearsal.world.inside.memory import ForgetfulError, Memory

FOLDER, PORT = Path("/srv/one"), "4001"
OTHER_FOLDER, OTHER_PORT = Path("/srv/the other"), "65000"


@dataclass(eq=False)
class Thing:
    name: str
    beside: "Thing | None" = None
    lock: threading.RLock = field(default_factory=threading.RLock)


class Holder:
    def __init__(self) -> None:
        self.things: list[Thing] = []
        self.number = 0
        self.nowhere = "each world's own"


class Kept:
    """A world's things, which each world makes alike."""

    def __init__(self) -> None:
        self.clock = Clock(0.0)
        self.holder, self.names = Holder(), dict[str, object]()
        self.chance, self.counts = random.Random(1), Counter[str]()  # noqa: S311
        self.memory = Memory()
        self.memory.live("clock", self.clock)
        self.memory.hold("holder", self.holder, "things", "number")
        self.memory.hold("names", self.names)
        self.memory.hold("chance", self.chance)
        self.memory.hold("counts", self.counts)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "memory"


def again(kept: Kept, file: Path) -> Kept:
    """Another world that goes on from there, elsewhere."""
    kept.memory.write(file, FOLDER, PORT)
    other = Kept()
    other.memory.read(file, OTHER_FOLDER, OTHER_PORT)
    return other


def test_what_is_held_is_there_again_and_what_is_not_is_each_world_s_own(file: Path) -> None:
    kept = Kept()
    kept.holder.things.append(Thing("one"))
    kept.holder.number, kept.holder.nowhere = 7, "changed"
    kept.counts["a"] += 2

    other = again(kept, file)

    assert [each.name for each in other.holder.things] == ["one"]
    assert (other.holder.number, other.holder.nowhere) == (7, "each world's own")
    assert other.counts == Counter(a=2)


def test_what_others_hold_on_to_is_filled_and_not_replaced(file: Path) -> None:
    kept = Kept()
    kept.holder.things.append(Thing("one"))
    kept.memory.write(file, FOLDER, PORT)

    other = Kept()
    other.holder.things.append(Thing("of a world that has just begun"))
    things, count = other.holder.things, other.counts.__len__
    other.counts["b"] += 1
    other.memory.read(file, OTHER_FOLDER, OTHER_PORT)

    assert things is other.holder.things
    assert [each.name for each in things] == ["one"]
    assert count() == 0


def test_one_thing_in_two_places_is_one_thing_again(file: Path) -> None:
    kept = Kept()
    one, two = Thing("one"), Thing("two")
    one.beside, two.beside = two, one
    kept.holder.things += [one, two]
    kept.names["first"] = one

    other = again(kept, file)

    first, second = other.holder.things
    assert other.names["first"] is first
    assert (first.beside, second.beside) == (second, first)


def test_what_each_world_has_of_its_own_is_referred_to(file: Path) -> None:
    kept = Kept()
    kept.names["clock"], kept.names["holder"] = kept.clock, kept.holder

    other = again(kept, file)

    assert other.names == {"clock": other.clock, "holder": other.holder}


def test_chance_goes_on(file: Path) -> None:
    kept = Kept()
    kept.chance.random()

    other = again(kept, file)

    assert [other.chance.random() for _ in range(3)] == [kept.chance.random() for _ in range(3)]


def test_folder_and_port_are_those_of_the_world_that_goes_on(file: Path) -> None:
    kept = Kept()
    kept.names |= {
        "url": "https://127.0.0.1:4001/queue",
        "name": "localhost:4001",
        "other port": "127.0.0.1:40010",
        "text": f"git clone {FOLDER}/state/a.git",
        "other folder": f"{FOLDER}-and-a-half",
        "path": FOLDER / "state" / "a.git",
        f"{FOLDER}/key": 4001,
    }

    other = again(kept, file)

    assert other.names == {
        "url": "https://127.0.0.1:65000/queue",
        "name": "localhost:65000",
        "other port": "127.0.0.1:40010",
        "text": f"git clone {OTHER_FOLDER}/state/a.git",
        "other folder": f"{FOLDER}-and-a-half",
        "path": OTHER_FOLDER / "state" / "a.git",
        f"{OTHER_FOLDER}/key": 4001,
    }


@pytest.mark.parametrize("given", [True, False])
def test_what_was_given_stays_given(file: Path, *, given: bool) -> None:
    kept = Kept()
    signal, event = kept.clock.signal(), threading.Event()
    if given:
        signal.set()
        event.set()
    kept.names |= {"signal": signal, "event": event}

    other = again(kept, file)

    assert [each.is_set() for each in other.names.values()] == [given, given]  # type: ignore[attr-defined]


def test_nothing_is_written_of_what_cannot_be(file: Path) -> None:
    kept = Kept()
    kept.names["thread"] = threading.current_thread()

    with pytest.raises(ForgetfulError, match="cannot be remembered"):
        kept.memory.write(file, FOLDER, PORT)

    assert not file.exists()


def test_a_world_of_another_kind_does_not_go_on(file: Path) -> None:
    kept = Kept()
    kept.memory.hold("one more", ["thing"])
    kept.memory.write(file, FOLDER, PORT)
    other = Kept()
    other.names["mine"] = "still"

    with pytest.raises(ForgetfulError, match="of another kind: one more"):
        other.memory.read(file, OTHER_FOLDER, OTHER_PORT)

    assert other.names == {"mine": "still"}


def test_two_things_have_no_name_in_common() -> None:
    memory = Memory()
    memory.hold("one", {})
    with pytest.raises(ValueError, match="two of one"):
        memory.hold("one", {})
