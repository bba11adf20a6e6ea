"""Papers as PDF: set by typst in a process of its own, in which nothing that people handed in can do harm."""
