"""Ieum Briefings: online briefing sessions for collaboration needs (협업이음 사업설명회)."""

import gc

# What is loaded stays: to look for garbage among it again and again takes a sixth of the time it takes to load.
OFTEN = gc.get_threshold()
gc.set_threshold(*OFTEN[:2], 10_000)
