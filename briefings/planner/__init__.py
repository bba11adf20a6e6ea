"""The season planner: needs, times and rules in, proposed briefings with reasons out. Pure: no database, no web."""
