"""When work can be done, by whom, and at what cost."""
