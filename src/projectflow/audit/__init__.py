"""The audit log: who did what in a workspace, to read and to take away."""
