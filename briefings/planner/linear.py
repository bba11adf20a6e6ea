"""Whole-number programmes, written row by row: handed to CP-SAT, or in fractions to GLOP."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.linear_solver import pywraplp  # type: ignore[import-untyped]
from ortools.sat.python import cp_model_helper as cp_sat  # not cp_model, which loads pandas: 60 MB and a second

ANY = 10**9
"""More than any row can reach."""
Within = Mapping[int, tuple[int, int]]
"""Columns, and the limits they are kept between."""


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

    def counted(self, terms: Mapping[int, int], charges: Iterable[int], upper: int = 1) -> list[int]:
        """Columns that add up to `terms`; the n-th costs charges[n], never less than the one before."""
        units = [self.column(-charge, upper) for charge in charges]
        self.exactly({**terms, **dict.fromkeys(units, -1)}, 0)
        return units

    def maximize(self, limits: Limits, start: Mapping[int, int] | None = None) -> Answer:
        """Solve; `start` names the columns that are not 0 in a solution known already."""
        solver = cp_sat.SolveWrapper()
        solver.set_parameters(_parameters(limits))
        found = solver.solve(self._model(start))
        if found.status == cp_sat.MODEL_INVALID:
            raise ValueError("a programme CP-SAT does not take")
        if found.status == cp_sat.INFEASIBLE:
            return Answer(None, 0, 0, impossible=True)
        if found.status == cp_sat.UNKNOWN:  # a bound of 0 may mean that there was no time for one
            return Answer(None, 0, math.floor(found.best_objective_bound) or self._most())
        bound = math.floor(found.best_objective_bound + 1e-6)
        return Answer(list(found.solution), round(found.objective_value), bound)

    @property
    def unit(self) -> int:
        """What every objective is a multiple of, where all values are whole."""
        return math.gcd(*self.costs) or 1

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
        unit = self.unit  # a bound between two multiples of it is rounded
        priced = [column for column, cost in enumerate(self.costs) if cost]
        model.objective.vars.extend(priced)
        model.objective.coeffs.extend([-self.costs[column] // unit for column in priced])
        model.objective.scaling_factor = -float(unit)  # CP-SAT minimizes
        if start is not None:
            hinted = [column for column, upper in enumerate(self.uppers) if upper == 1]
            model.solution_hint.vars.extend(hinted)
            model.solution_hint.values.extend([start.get(column, 0) for column in hinted])
        return model

    def _most(self) -> int:
        return sum(cost * upper for cost, upper in zip(self.costs, self.uppers, strict=True) if cost > 0)


class Relaxed:
    """A programme in fractions, to be solved again and again within other limits: each time from where it ended."""

    def __init__(self, programme: Programme) -> None:
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._columns = [self._solver.NumVar(0, upper, "") for upper in programme.uppers]
        self._uppers, far = programme.uppers, self._solver.infinity()
        self._within: Within = {}
        for terms, low, high in programme.rows:
            row = self._solver.Constraint(-far if low is None else low, far if high is None else high)
            for column, factor in terms.items():
                row.SetCoefficient(self._columns[column], factor)
        for column, cost in zip(self._columns, programme.costs, strict=True):
            self._solver.Objective().SetCoefficient(column, cost)
        self._solver.Objective().SetMaximization()

    def solve(self, within: Within, seconds: float) -> float | None:
        """The objective with some columns kept within limits; None: impossible. TimeoutError if there is no answer."""
        for column in self._within.keys() - within.keys():
            self._columns[column].SetBounds(0, self._uppers[column])
        for column, limits in within.items():
            if self._within.get(column) != limits:
                self._columns[column].SetBounds(*limits)
        self._within = within
        self._solver.SetTimeLimit(int(seconds * 1000))
        status = self._solver.Solve(_ways(from_before=bool(within)))
        if status == self._solver.INFEASIBLE:
            return None
        if status != self._solver.OPTIMAL:
            raise TimeoutError
        return float(self._solver.Objective().Value())

    def value(self, column: int) -> float:
        """Of a column, in what was solved last."""
        return float(self._columns[column].solution_value())

    def gain(self, column: int) -> float:
        """What one more of it adds to the objective, at most; above 0 where it is at its upper limit."""
        return float(self._columns[column].reduced_cost())


def _ways(from_before: bool) -> pywraplp.MPSolverParameters:
    """The dual simplex is at home where only limits moved, and lost where there is nothing to begin from."""
    ways = pywraplp.MPSolverParameters()
    ways.SetIntegerParam(ways.PRESOLVE, ways.PRESOLVE_OFF)  # which would forget where it ended
    ways.SetIntegerParam(ways.LP_ALGORITHM, ways.DUAL if from_before else ways.PRIMAL)
    return ways


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
