"""What a run leaves for later ones is there whole, under what it hangs on, and not for ever."""

import os
from pathlib import Path

import pytest

from rehearsal.store import Store, digest

MOST = 3


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", MOST)


def add(store: Store, name: str, said: str = "here") -> None:
    with store.adding(name) as folder:
        folder.mkdir()
        (folder / "said").write_text(said)


def names(store: Store) -> set[str]:
    return {each.name for each in store.folder.iterdir()}


def test_what_was_added_is_found(store: Store) -> None:
    assert store.find("one") is None

    add(store, "one")

    found = store.find("one")
    assert found is not None
    assert (found / "said").read_text() == "here"


def test_nothing_is_left_of_what_was_not_finished(store: Store) -> None:
    def fail() -> None:
        with store.adding("one") as folder:
            folder.mkdir()
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert names(store) == set()


def test_who_comes_first_has_it(store: Store) -> None:
    with store.adding("one") as folder:
        folder.mkdir()
        (folder / "said").write_text("too late")
        add(store, "one", "first")

    assert (store.folder / "one" / "said").read_text() == "first"
    assert names(store) == {"one"}


def test_the_one_used_longest_ago_is_forgotten(store: Store) -> None:
    for number in range(MOST):
        add(store, str(number))
        os.utime(store.folder / str(number), (number, number))
    store.find("0")

    add(store, "one more")

    assert names(store) == {"0", "2", "one more"}


def test_what_is_to_be_forgotten_is_gone(store: Store) -> None:
    add(store, "one")

    store.forget("one")
    store.forget("never there")

    assert store.find("one") is None


@pytest.mark.parametrize(
    "other", [("tree", {"lock": "2"}, 1), ("root", {"lock": "1"}, 1), ("tree", {"lock": "1"})]
)
def test_other_inputs_have_another_digest(other: tuple[object, ...]) -> None:
    assert digest("tree", {"lock": "1"}, 1) == digest("tree", {"lock": "1"}, 1)
    assert digest(*other) != digest("tree", {"lock": "1"}, 1)


def test_the_order_of_a_mapping_is_no_difference() -> None:
    assert digest({"one": 1, "two": 2}) == digest({"two": 2, "one": 1})
