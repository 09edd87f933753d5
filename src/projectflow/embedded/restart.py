"""`python -m projectflow.embedded.restart`: have the running `up` start our own code again."""

import os
import signal

from projectflow.core.settings import load_settings
from projectflow.embedded.running import find_running


def restart_service() -> None:
    """End the API and the worker; their supervisor starts them with the source as it is now."""
    running = find_running(load_settings().home)
    if running is None:
        return
    for name in ("api", "worker"):
        os.kill(running.pids[name], signal.SIGTERM)


if __name__ == "__main__":
    restart_service()
