"""Forecasts: when work will be done, and how far that was right before."""
