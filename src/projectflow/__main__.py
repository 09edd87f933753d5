"""`python -m projectflow`."""

from projectflow.cli import main

main()
