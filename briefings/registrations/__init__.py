"""Signing up as people and staff do it: forms, own pages, invited people, approval, support, lists of people."""
