"""Needs of a round scored by experts, ranked, and the few key ones chosen and told."""
