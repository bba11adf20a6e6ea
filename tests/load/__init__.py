"""How fast the program is next to the bare limits: small programs that do the same work and nothing else."""
