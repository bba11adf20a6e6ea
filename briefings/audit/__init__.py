"""Who did what to which thing, and why; rows are only ever added."""
