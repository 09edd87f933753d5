"""Projects, their workflow and members."""
