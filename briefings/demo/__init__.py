"""Example data: what `flask demo` loads."""
