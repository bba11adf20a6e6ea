"""`python -m briefings.planner`: one problem on standard input, lines of progress and the plan on standard output."""

import json
import os
import sys
import threading
from typing import Any

from briefings.planner.model import Problem, Progress
from briefings.planner.solving import solve


def main() -> None:
    """Plan; end at once when whoever asked is gone."""
    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    plan = solve(Problem.from_json(asked["problem"]), asked["seconds"], _tell)
    _say({"plan": plan.to_json()})


def _tell(progress: Progress) -> None:
    _say({"progress": progress.__dict__})


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
