"""Files that hold keys: made once whoever comes first, replaced whole, read by us alone."""

import os
from pathlib import Path


def create_once(path: Path, content: bytes) -> None:
    """Write a key file of mode 0600 unless there is one already.

    Several processes may start at once: the one whose link succeeds gives the key to all.
    """
    draft = _draft(path, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def replace(path: Path, content: bytes) -> None:
    """Put a new key file in the place of the old one, whole or not at all."""
    _draft(path, content).replace(path)


def _draft(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    return draft
