"""The one kind of failure that a person at a terminal is meant to read."""


class Refusal(Exception):
    """Something an operator must mend first; the text says what. Shown without a traceback."""
