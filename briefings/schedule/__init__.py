"""Briefings, their presenter slots, registrations and calendar items: one aggregate."""
