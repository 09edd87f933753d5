"""What an operator does with an installation: migrate, examine, back up, restore, import."""
