"""Whole-number programmes, written row by row and handed to CP-SAT."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

MANY = 10**6
"""More than any column can reach."""


@dataclass(frozen=True)
class Limits:
    """When to stop looking; the same input gives the same result unless `seconds` run out first."""

    seconds: float
    effort: float | None = None
    """In units that do not depend on the machine or on what else it does; about seconds of a fast one."""
    share: float = 0.0
    """Stop when the best found is so near the bound."""


@dataclass(frozen=True)
class Answer:
    """The best values found, if any, and what no values can exceed."""

    values: Sequence[int] | None
    objective: int
    bound: int
    impossible: bool = False


class _Found(cp_model.CpSolverSolutionCallback):
    """Tells of each better solution."""

    def __init__(self, columns: Sequence[cp_model.IntVar], tell: Callable[[Sequence[int]], None]) -> None:
        super().__init__()
        self._columns, self._tell = columns, tell

    def on_solution_callback(self) -> None:
        """Called by the solver."""
        self._tell([self.value(column) for column in self._columns])


@dataclass
class Programme:
    """Maximize the sum of cost × value over whole numbers from 0 to their upper limits."""

    costs: list[int] = field(default_factory=list)
    uppers: list[int] = field(default_factory=list)
    rows: list[tuple[Mapping[int, int], int | None, int | None]] = field(default_factory=list)

    def column(self, cost: int = 0, upper: int = 1) -> int:
        """A new unknown; its number."""
        self.costs.append(cost)
        self.uppers.append(upper)
        return len(self.costs) - 1

    def at_most(self, terms: Mapping[int, int], limit: int) -> None:
        """The sum of factor × value is no more than `limit`."""
        self.rows.append((terms, None, limit))

    def at_least(self, terms: Mapping[int, int], limit: int) -> None:
        """The sum of factor × value is no less than `limit`."""
        self.rows.append((terms, limit, None))

    def exactly(self, terms: Mapping[int, int], limit: int) -> None:
        """The sum of factor × value is `limit`."""
        self.rows.append((terms, limit, limit))

    def convex(
        self, terms: Mapping[int, int], points: Mapping[int, int], scale: Mapping[int, int] | None = None
    ) -> None:
        """Charge points[s] for s = the sum of `terms`, in straight lines between whole numbers next to each other.

        With `scale`, points[s / scale] × scale: nothing while scale is 0.
        """
        cost = self.column(-1, MANY)
        for size, charge in points.items():
            if size + 1 not in points:
                continue
            slope = points[size + 1] - charge
            base = charge - slope * size
            row = {cost: 1} | {column: -slope * factor for column, factor in terms.items()}
            for column, factor in (scale or {}).items():
                row[column] = row.get(column, 0) - base * factor
            self.at_least(row, 0 if scale else base)
        if len(points) == 1:
            (charge,) = points.values()
            self.at_least({cost: 1} | {column: -charge * factor for column, factor in (scale or {}).items()}, 0)

    def maximize(
        self,
        limits: Limits,
        start: Mapping[int, int] | None = None,
        on_bound: Callable[[float], None] | None = None,
        on_found: Callable[[Sequence[int]], None] | None = None,
    ) -> Answer:
        """Solve; `start` names the columns that are not 0 in a solution known already."""
        model = cp_model.CpModel()
        columns = [model.new_int_var(0, upper, "") for upper in self.uppers]
        for terms, low, high in self.rows:
            of, by = [columns[column] for column in terms], list(terms.values())
            if high == 1 and low is None and set(by) == {1} and all(self.uppers[column] == 1 for column in terms):
                model.add_at_most_one(of)
                continue
            total = cp_model.LinearExpr.weighted_sum(of, by)
            model.add_linear_constraint(total, -(10**9) if low is None else low, 10**9 if high is None else high)
        model.maximize(cp_model.LinearExpr.weighted_sum(columns, self.costs))
        for number, column in enumerate(columns):
            if start is not None and self.uppers[number] == 1:
                model.add_hint(column, start.get(number, 0))
        solver = _solver(limits)
        if on_bound is not None:
            solver.best_bound_callback = on_bound
        told = _Found(columns, on_found) if on_found else None
        return self._answer(solver, solver.solve(model, told), columns)

    def _answer(self, solver: cp_model.CpSolver, status: object, columns: Sequence[cp_model.IntVar]) -> Answer:
        if status == cp_model.INFEASIBLE:
            return Answer(None, 0, 0, impossible=True)
        if status == cp_model.MODEL_INVALID:
            raise ValueError("a programme CP-SAT does not take")
        if status == cp_model.UNKNOWN:  # a bound of 0 may mean that there was no time for one
            return Answer(None, 0, math.floor(solver.best_objective_bound) or self._most())
        values = [solver.value(column) for column in columns]
        return Answer(values, round(solver.objective_value), math.floor(solver.best_objective_bound + 1e-6))

    def _most(self) -> int:
        return sum(cost * upper for cost, upper in zip(self.costs, self.uppers, strict=True) if cost > 0)


def _solver(limits: Limits) -> cp_model.CpSolver:
    """One worker that leans on the linear programme and all its rows: the bound is what is hard to find."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1  # the other core serves people, and one gives the same each time
    solver.parameters.linearization_level = 2
    solver.parameters.add_lp_constraints_lazily = False
    solver.parameters.max_num_cuts = 10_000
    solver.parameters.random_seed = 1
    solver.parameters.max_time_in_seconds = max(0.01, limits.seconds)
    solver.parameters.relative_gap_limit = limits.share
    if limits.effort is not None:
        solver.parameters.max_deterministic_time = limits.effort
    return solver
