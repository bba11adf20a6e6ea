"""A good plan made better: a few briefings are taken apart and put together again as well as can be, over and over."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from briefings.planner.greedy import Briefing
from briefings.planner.linear import Limits
from briefings.planner.modelling import Model, worth_of
from briefings.planner.shape import Cell, Shape, Topic

ROUNDS = 1000
PATIENCE = 25
"""Rounds in a row that found nothing, after which more is taken apart at once."""


@dataclass(frozen=True)
class Size:
    """How much of a plan is taken apart in a round."""

    apart: int
    """Briefings."""
    columns: int
    """Of needs, for all that could take their place."""
    effort: float


SIZES = (Size(4, 900, 0.4), Size(6, 1500, 1.0), Size(9, 2500, 3.0))


def improved(shape: Shape, briefings: Sequence[Briefing], left: Callable[[], float]) -> Iterator[list[Briefing]]:
    """Each better plan as it is found."""
    chance = random.Random(1)  # noqa: S311 - must be the same each time
    best, idle = list(briefings), 0
    for _ in range(ROUNDS):
        if idle >= PATIENCE * len(SIZES) or left() < 0.1:
            return
        size = SIZES[idle // PATIENCE]
        free = _related(shape, best, size.apart, chance)
        kept = [briefing for briefing in best if briefing not in free]
        model = Model(shape, kept, _cells(shape, best, free, size.columns, chance))
        answer = model.maximize(Limits(left(), effort=size.effort), free)
        idle += 1
        if answer.values is not None:
            found = kept + model.briefings(answer.values)
            if worth_of(shape, found) > worth_of(shape, best):
                best, idle = found, idle // PATIENCE * PATIENCE
                yield best


def _left_over(shape: Shape, briefings: Sequence[Briefing]) -> list[int]:
    placed = {need for _, needs in briefings for need in needs}
    return [need for need in range(len(shape.worth)) if need not in placed and shape.topics[need]]


def _related(shape: Shape, briefings: Sequence[Briefing], apart: int, chance: random.Random) -> list[Briefing]:
    """Some that could exchange needs: around one that is left over, or around a small one."""
    left = _left_over(shape, briefings)
    near: set[Topic] = set()
    if left and chance.random() < 0.7:
        near.update(shape.topics[chance.choice(left)])
    elif briefings:
        _, needs = min(chance.sample(briefings, min(3, len(briefings))), key=lambda each: len(each[1]))
        near.update(topic for need in needs for topic in shape.topics[need])
    nearest = [each for each in briefings if each[0].topic in near]
    others = [each for each in briefings if each[0].topic not in near]
    chosen = chance.sample(nearest, min(apart - 1, len(nearest)))
    return chosen + chance.sample(others, min(apart - len(chosen), len(others)))


def _cells(
    shape: Shape, briefings: Sequence[Briefing], free: Sequence[Briefing], most: int, chance: random.Random
) -> Iterator[Cell]:
    """What the freed ones may become: themselves, and as many others as a round can look at."""
    loose = {need for _, needs in free for need in needs} | set(_left_over(shape, briefings))
    own = [cell for cell, _ in free]
    yield from own
    held = {cell.held for cell in own if cell.held}
    places = {(cell.topic, cell.time, cell.held) for cell in own}
    others = [cell for cell in shape.cells if (cell.held in held if cell.held else not loose.isdisjoint(cell.pool))]
    weights = [len(loose.intersection(cell.pool)) for cell in others]
    columns = 0
    for cell, weight in sorted(
        zip(others, weights, strict=True), key=lambda each: -(chance.random() ** (1 / (1 + each[1] ** 2)))
    ):
        if (cell.topic, cell.time, cell.held) in places or (not cell.held and weight < cell.least):
            continue
        columns += weight
        if columns > most:
            return
        yield cell
