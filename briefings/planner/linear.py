"""Whole-number programmes, written row by row and handed to CP-SAT."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model_helper as cp_sat  # not cp_model, which loads pandas: 60 MB and a second

MANY = 10**6
"""More than any column can reach."""
ANY = 10**9
"""More than any row can reach."""


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


class _Found(cp_sat.SolutionCallback):
    """Tells of each better solution."""

    def __init__(self, columns: int, tell: Callable[[Sequence[int]], None]) -> None:
        super().__init__()
        self._columns, self._tell = columns, tell

    def OnSolutionCallback(self) -> None:
        """Called by the solver."""
        self._tell([self.SolutionIntegerValue(column) for column in range(self._columns)])


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
        solver = cp_sat.SolveWrapper()
        solver.set_parameters(_parameters(limits))
        if on_bound is not None:
            solver.add_best_bound_callback(on_bound)
        told = _Found(len(self.costs), on_found) if on_found else None
        if told is not None:
            solver.add_solution_callback(told)  # which does not keep it: `told` must live on
        found = solver.solve(self._model(start))
        if told is not None:
            solver.clear_solution_callback(told)
        if found.status == cp_sat.MODEL_INVALID:
            raise ValueError("a programme CP-SAT does not take")
        if found.status == cp_sat.INFEASIBLE:
            return Answer(None, 0, 0, impossible=True)
        if found.status == cp_sat.UNKNOWN:  # a bound of 0 may mean that there was no time for one
            return Answer(None, 0, math.floor(found.best_objective_bound) or self._most())
        bound = math.floor(found.best_objective_bound + 1e-6)
        return Answer(list(found.solution), round(found.objective_value), bound)

    def _model(self, start: Mapping[int, int] | None) -> cp_sat.CpModelProto:
        model = cp_sat.CpModelProto()
        for upper in self.uppers:
            model.variables.add().domain.extend([0, upper])
        for terms, low, high in self.rows:
            one_of = high == 1 and low is None and all(self.uppers[column] == 1 for column in terms)
            if one_of and set(terms.values()) == {1}:
                model.constraints.add().at_most_one.literals.extend(list(terms))
                continue
            row = model.constraints.add().linear
            row.vars.extend(list(terms))
            row.coeffs.extend(list(terms.values()))
            row.domain.extend([-ANY if low is None else low, ANY if high is None else high])
        priced = [column for column, cost in enumerate(self.costs) if cost]
        model.objective.vars.extend(priced)
        model.objective.coeffs.extend([-self.costs[column] for column in priced])
        model.objective.scaling_factor = -1.0  # CP-SAT minimizes
        if start is not None:
            hinted = [column for column, upper in enumerate(self.uppers) if upper == 1]
            model.solution_hint.vars.extend(hinted)
            model.solution_hint.values.extend([start.get(column, 0) for column in hinted])
        return model

    def _most(self) -> int:
        return sum(cost * upper for cost, upper in zip(self.costs, self.uppers, strict=True) if cost > 0)


def _parameters(limits: Limits) -> cp_sat.SatParameters:
    """One worker that leans on the linear programme and all its rows: the bound is what is hard to find."""
    parameters = cp_sat.SatParameters()
    parameters.num_workers = 1  # the other core serves people, and one gives the same each time
    parameters.linearization_level = 2
    parameters.add_lp_constraints_lazily = False
    parameters.max_num_cuts = 10_000
    parameters.random_seed = 1
    parameters.max_time_in_seconds = max(0.01, limits.seconds)
    parameters.relative_gap_limit = limits.share
    if limits.effort is not None:
        parameters.max_deterministic_time = limits.effort
    return parameters
