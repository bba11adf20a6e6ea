"""Figures computed from rows: the funnel of a briefing, the published totals as of a date."""
