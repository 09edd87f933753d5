"""Taking out what a team has here, and bringing it in again."""
