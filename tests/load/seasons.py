"""The season planner on problems of the shape a season has: how soon, how good, how sure, how much memory."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from briefings.planner.checking import faults
from briefings.planner.model import Progress, Rules
from briefings.planner.running import solve
from tests.planner.instances import a_season

SIZES = ((60, 12, 5.0), (300, 40, 60.0), (1000, 40, 120.0))
"""Needs, times, seconds to look."""
SEEDS = (1, 2, 3)


@dataclass(frozen=True)
class Planned:
    """What was measured of one problem."""

    title: str
    first: float
    seconds: float
    processor: float
    objective: int
    bound: int
    gap: float
    proven: bool
    mebibytes: float


def planned(quick: bool) -> Iterator[Planned]:
    """Each problem, solved by the planner's own process; AssertionError if a plan breaks a rule."""
    for needs, times, seconds in SIZES[:1] if quick else SIZES:
        for seed in SEEDS if needs < 100 and not quick else SEEDS[:1]:
            for parallel in (None,) if needs < 1000 else (None, 2):
                yield _measured(needs, times, seconds, seed, parallel)


def _measured(needs: int, times: int, seconds: float, seed: int, parallel: int | None) -> Planned:
    problem = a_season(needs, times, seed, Rules(parallel=parallel))
    begun, first = time.perf_counter(), list[float]()

    def tell(progress: Progress) -> None:
        if progress.objective and not first:
            first.append(time.perf_counter() - begun)

    with Watch() as watch:
        plan = solve(problem, seconds, tell)
    took = time.perf_counter() - begun
    assert faults(problem, plan) == []
    title = f"{needs:,} × {times}, season {seed}" + (f", {parallel} at once" if parallel else "")
    return Planned(
        title,
        first[0] if first else took,
        took,
        watch.processor,
        plan.objective,
        plan.bound,
        plan.gap,
        plan.proven,
        watch.mebibytes,
    )


class Watch:
    """Looks at the planner's process while it runs: its memory and the processor time it had."""

    def __init__(self) -> None:
        self.mebibytes = self.processor = 0.0
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._looking.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            for child in psutil.Process().children():
                try:
                    if "briefings.planner" in child.cmdline():
                        self.mebibytes = max(self.mebibytes, child.memory_info().rss / 2**20)
                        times = child.cpu_times()
                        self.processor = max(self.processor, times.user + times.system)
                except psutil.Error:  # it has just ended
                    continue


def show_seasons(quick: bool) -> None:
    """Print the table, a line as soon as it is known."""
    title = "Season planner: needs × times"
    print(f"\n| {title:<36} | first plan | seconds | of them on a processor | worth | bound | gap | proven | MiB |")
    print(f"|{'-' * 38}|{'---:|' * 8}")
    for each in planned(quick):
        cells = [f"{each.first:.1f}", f"{each.seconds:.1f}", f"{each.processor:.1f}"]
        cells += [f"{each.objective:,}", f"{each.bound:,}", f"{each.gap:.2%}", "yes" if each.proven else "no"]
        print(f"| {each.title:<36} | {' | '.join(cells)} | {each.mebibytes:.0f} |", flush=True)
