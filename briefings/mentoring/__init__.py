"""Experts as mentors: what they advise on the needs they are given."""
