"""Bringing in what a team has elsewhere."""
