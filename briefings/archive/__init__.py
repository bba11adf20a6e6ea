"""What stays: materials and answers of past briefings, booklets, success stories."""
