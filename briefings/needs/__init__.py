"""Collaboration needs (수요 과제): what an organization offers and what it seeks."""
