"""How wide a report is and its tables are, whatever kind of document it becomes."""

WIDTH = 170.0
"""Millimetres between the margins of an A4 page."""


def table_widths(columns: int, wide: int) -> list[float]:
    """Millimetres of each column: what the others leave is that of the `wide` one."""
    others = min(26.0, 110 / max(1, columns - 1))
    widths = [others] * columns
    widths[wide] = WIDTH - others * (columns - 1)
    return widths
