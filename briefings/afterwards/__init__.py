"""What a briefing leaves with those who were there: thanks, the survey, certificates of attendance."""
