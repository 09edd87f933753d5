"""Schedules that heed who has time: placing work, explaining it, and trying out other plans."""
