"""People who sign in: staff, need owners, experts."""
