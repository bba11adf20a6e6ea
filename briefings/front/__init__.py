"""The pages that stand in front of everything: home, help, policies, and what waits for staff today."""
