"""Undo: what puts each kind of change back. One file a kind; each registers its own types.

A file here is found by being here (tasks/undoing.py).
"""
