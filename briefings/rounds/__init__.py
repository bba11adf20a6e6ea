"""Rounds (수요조사): who is asked for needs, who answered, how far it is."""
