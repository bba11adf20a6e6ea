"""Consent texts in versions, and who agreed to which."""
