"""What comes back to our mailbox: answers of calendars, reports of mail that did not arrive, and letters of people."""
