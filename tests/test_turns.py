"""Whoever writes to an SQLite file waits for others in a way that passes nobody over."""

import time
from statistics import median
from threading import Thread

import pytest

from briefings.turns import Turns
from tests.forks import forked

PATIENCE = 20


class Written:
    """A file in which everybody who has a turn leaves a letter."""

    def __init__(self, folder):
        self.database, self.letters = str(folder / "briefings.db"), folder / "letters"
        self.letters.touch()

    def write(self, turns, letter, seconds=0.001):
        with turns.taken(PATIENCE):
            with open(self.letters, "a") as file:
                file.write(letter)
            time.sleep(seconds)

    def wait_for(self, letter):
        while letter not in self.letters.read_text():
            time.sleep(0.001)


@pytest.fixture
def written(tmp_path):
    return Written(tmp_path)


def again_and_again(written, letter):
    """Four threads of one process that want nothing but their next turn."""
    turns = Turns(written.database)

    def write():
        while True:
            written.write(turns, letter)

    for _ in range(4):
        Thread(target=write, daemon=True).start()
    time.sleep(PATIENCE)


def test_no_process_is_passed_over_however_many_threads_of_another_wait(written):
    turns = Turns(written.database)
    with forked(again_and_again, written, "o"):
        written.wait_for("o")
        for _ in range(30):
            written.write(turns, "x")
    between = map(len, written.letters.read_text().split("x")[1:-1])
    assert median(between) < 20  # SQLite's own waiters let a hundred and more go first


def test_one_writes_at_a_time(written):
    with forked(again_and_again, written, "o"):
        written.wait_for("o")
        with Turns(written.database).taken(PATIENCE):
            before = written.letters.read_text()
            time.sleep(0.05)
            assert written.letters.read_text() == before


def test_a_turn_ends_with_the_process_that_held_it(written):
    with forked(written.write, Turns(written.database), "o", PATIENCE) as holder:
        written.wait_for("o")
        holder.kill()
        holder.wait()
        begun = time.monotonic()
        with Turns(written.database).taken(PATIENCE):
            assert time.monotonic() - begun < PATIENCE / 2


def test_whoever_has_waited_for_long_goes_on_to_be_told_by_the_database_itself(written):
    with forked(written.write, Turns(written.database), "o", PATIENCE) as holder:
        written.wait_for("o")
        with Turns(written.database).taken(0.05):
            assert holder.poll() is None


def test_a_thread_that_has_the_turn_may_take_it_again_and_keeps_it_until_the_outer_end(written):
    turns = Turns(written.database)
    with turns.taken(PATIENCE):
        with turns.taken(PATIENCE):
            pass
        with forked(written.write, Turns(written.database), "o"):
            time.sleep(0.05)
            assert not written.letters.read_text()


@pytest.mark.parametrize("database", [None, ":memory:", "/nowhere/briefings.db"])
def test_without_a_file_threads_still_wait_for_each_other(database):
    turns, seen = Turns(database), []

    def see():
        with turns.taken(PATIENCE):
            seen.append("the other")

    with turns.taken(PATIENCE):
        other = Thread(target=see)
        other.start()
        time.sleep(0.01)
        assert not seen
    other.join()
    assert seen
