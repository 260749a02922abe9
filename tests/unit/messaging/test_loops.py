"""Loops and waits: a thread that fails begins again, tells so, and stops when told."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event as Flag

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.backoff import Backoff, jittered
from shared.messaging.loops import Loop
from tests.waiting import wait_for

BACKOFF = Backoff(tries=5, first=timedelta(seconds=1), longest=timedelta(minutes=5))


@pytest.fixture
def loops() -> Iterator[list[Loop]]:
    made: list[Loop] = []
    yield made
    for loop in made:
        loop.stop()
    assert all(loop.join(5) for loop in made)


def test_a_loop_that_fails_is_not_ready_and_begins_again(loops: list[Loop]) -> None:
    begun: list[int] = []
    go = Flag()

    def body(loop: Loop) -> None:
        begun.append(len(begun))
        if len(begun) == 1:
            raise RuntimeError("a sample failure")
        go.wait(5)
        while loop.going():
            loop.report_ready()
            loop.rest(1)

    loop = Loop("sample", "loop", body)
    loops.append(loop)
    loop.start()
    wait_for(lambda: len(begun) == 2, "begun again")
    assert not loop.is_ready
    assert loop.is_alive
    go.set()
    wait_for(lambda: loop.is_ready, "ready")


def test_a_call_ends_a_rest(loops: list[Loop]) -> None:
    turns: list[int] = []

    def body(loop: Loop) -> None:
        while loop.going():
            turns.append(1)
            loop.rest(60)

    loop = Loop("sample", "loop", body)
    loops.append(loop)
    loop.start()
    for turn in range(1, 4):
        wait_for(lambda turn=turn: len(turns) == turn, "a turn", seconds=5)
        loop.call()


def test_a_loop_that_hangs_is_not_alive(loops: list[Loop]) -> None:
    release = Flag()
    loop = Loop("sample", "loop", lambda _loop: release.wait(10) and None, patience=0.1)
    loops.append(loop)
    loop.start()
    wait_for(lambda: not loop.is_alive, "seen to hang", seconds=5)
    loop.stop()
    assert not loop.join(0), "it hangs still"
    release.set()


@given(st.integers(1, 10_000))
def test_waits_grow_and_stay_within_their_bound(attempts: int) -> None:
    assert BACKOFF.wait(attempts) <= BACKOFF.wait(attempts + 1) <= BACKOFF.longest
    assert BACKOFF.wait(attempts) == min(BACKOFF.longest, timedelta(seconds=3 ** min(attempts - 1, 20)))


@given(st.integers(0, 10_000))
def test_reconnecting_waits_are_random_and_bounded(failures: int) -> None:
    assert 0 < jittered(failures) <= 30


def test_the_last_try_is_the_fifth() -> None:
    assert [BACKOFF.is_over(attempts) for attempts in (0, 4, 5, 6)] == [False, False, True, True]
