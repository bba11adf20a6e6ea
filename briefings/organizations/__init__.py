"""Organizations (기관), their kinds, and who acts for which."""
