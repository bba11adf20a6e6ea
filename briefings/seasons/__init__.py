"""Seasons (편성안): needs and times chosen, briefings planned, moved on a board, made drafts."""
