"""Time stands still while anything happens, and jumps in order when all wait."""

import threading
import time
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal.world.inside.clock import Clock, Party


def run(clock: Clock, *acts: Callable[[Party], object]) -> None:
    """Let each act be done by a party of its own, all from the same moment on."""
    with clock.busy("start"):
        threads = []
        for number, act in enumerate(acts):
            party = clock.enter(str(number))

            def do(act: Callable[[Party], object] = act, party: Party = party) -> None:
                act(party)
                clock.leave(party)

            threads.append(threading.Thread(target=do))
            threads[-1].start()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive(), clock.state()


def test_a_long_sleep_takes_no_time_of_ours() -> None:
    clock, began = Clock(1000.0), time.monotonic()
    run(clock, lambda me: clock.sleep(86_400, me))
    assert clock.now() == 1000.0 + 86_400
    assert time.monotonic() - began < 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=5), min_size=1, max_size=5))
def test_events_come_in_order_and_each_on_time(naps: list[list[int]]) -> None:
    clock = Clock(0.0)
    seen: list[float] = []

    def sleeper(mine: list[int]) -> Callable[[Party], None]:
        def act(me: Party) -> None:
            due = 0
            for nap in mine:
                clock.sleep(nap, me)
                due += nap
                assert clock.now() == due
                seen.append(clock.now())

        return act

    run(clock, *(sleeper(mine) for mine in naps))
    assert seen == sorted(seen)
    assert len(seen) == sum(len(mine) for mine in naps)


def test_what_is_due_at_one_moment_comes_in_the_order_in_which_it_was_set() -> None:
    for _ in range(20):
        clock, seen = Clock(0.0), list[int]()

        def act(
            number: int, clock: Clock = clock, seen: list[int] = seen
        ) -> Callable[[Party], None]:
            def do(me: Party) -> None:
                clock.sleep(number + 1, me)
                clock.sleep(100 - number - 1, me)
                seen.append(number)

            return do

        run(clock, *(act(number) for number in range(5)))
        assert seen == [0, 1, 2, 3, 4]


def test_time_stands_still_while_anyone_is_busy() -> None:
    clock = Clock(0.0)
    done = threading.Event()
    with clock.busy("someone"):
        threading.Thread(
            target=lambda: done.set() if clock.sleep(5, clock.enter("sleeper")) else None,
            daemon=True,
        ).start()
        assert not done.wait(0.2)
        assert clock.now() == 0.0
        assert clock.state()["running"] == ["someone"]
    assert done.wait(5)
    assert clock.now() == 5.0


def test_who_waits_for_another_lets_time_pass_until_the_other_is_done() -> None:
    clock = Clock(0.0)

    def ask(me: Party) -> None:
        with clock.busy("asked", me) as asked:
            clock.sleep(30, asked)
        assert clock.now() == 30.0
        clock.sleep(1, me)

    run(clock, ask)
    assert clock.now() == 31.0


def test_a_loop_in_the_background_comes_in_order_but_drives_nothing() -> None:
    clock, looks = Clock(0.0), list[float]()

    def loop() -> None:
        me = clock.enter("loop")
        while True:
            clock.sleep(60, me, background=True)
            looks.append(clock.now())

    threading.Thread(target=loop, daemon=True).start()
    while not clock.state()["waiting"]:
        time.sleep(0.001)
    assert looks == []
    run(clock, lambda me: clock.sleep(150, me))
    assert looks == [60.0, 120.0]
    assert clock.now() == 150.0
    # At one moment the look comes first, although the sleep was set before it.
    run(clock, lambda me: looks.append(-1.0 if clock.sleep(150, me) else 0.0))
    assert looks == [60.0, 120.0, 180.0, 240.0, 300.0, -1.0]


def test_a_sleep_ends_at_the_deadline_and_says_so() -> None:
    clock = Clock(0.0)

    def act(me: Party) -> None:
        me.deadline = 10.0
        assert clock.sleep(4, me)
        assert not clock.sleep(20, me)
        assert me.overdue

    run(clock, act)
    assert clock.now() == 10.0


def test_a_signal_wakes_at_once_and_a_timeout_in_its_time() -> None:
    clock = Clock(0.0)
    signal = clock.signal()

    def wait(me: Party) -> None:
        assert not signal.wait(5, me)
        assert clock.now() == 5.0
        assert signal.wait(100, me)
        assert clock.now() == 20.0
        assert signal.wait(100, me)

    def give(me: Party) -> None:
        clock.sleep(20, me)
        signal.set()

    run(clock, wait, give)
    assert clock.now() == 20.0


def test_to_leave_twice_changes_nothing() -> None:
    clock = Clock(0.0)
    party = clock.enter("once")
    clock.leave(party)
    clock.leave(party)
    assert clock.state()["running"] == []
