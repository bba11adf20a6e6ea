"""What we send to calendars, and how we read theirs: functions of their arguments alone, without clock or database."""
