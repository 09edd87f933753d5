"""ProjectFlow: project management that teams run themselves."""

from importlib.metadata import version

__version__ = version("projectflow")
