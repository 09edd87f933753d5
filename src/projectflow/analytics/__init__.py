"""Numbers that can be believed: facts of the event log, and what is counted of them."""
