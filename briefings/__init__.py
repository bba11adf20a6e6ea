"""Ieum Briefings: online briefing sessions for collaboration needs (협업이음 사업설명회)."""
