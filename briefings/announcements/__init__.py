"""What staff write to a chosen group of a briefing in their own words."""
