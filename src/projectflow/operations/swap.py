"""Putting a folder in the place of another, so that it can be undone."""

import shutil
from pathlib import Path


class FolderSwap:
    """`new` takes the place of `old`, which is kept beside it until `clean`."""

    def __init__(self, new: Path, old: Path) -> None:
        """Name the folders; either may be missing, which means empty."""
        self._new = new
        self._old = old
        self._staged = old.with_name(old.name + ".restoring")
        self._kept = old.with_name(old.name + ".replaced")

    def stage(self) -> None:
        """Bring the new folder onto the old one's file system, where renaming is one step."""
        self.clean()
        if self._new.is_dir():
            shutil.move(self._new, self._staged)
        else:
            self._staged.mkdir(mode=0o700, parents=True)
        self._staged.chmod(0o700)

    def swap(self) -> None:
        """Rename both; when the second rename fails the first is undone."""
        if self._old.exists():
            self._old.rename(self._kept)
        try:
            self._staged.rename(self._old)
        except OSError:
            if self._kept.exists():
                self._kept.rename(self._old)
            raise

    def swap_back(self) -> None:
        """Undo `swap`."""
        self._old.rename(self._staged)
        if self._kept.exists():
            self._kept.rename(self._old)

    def clean(self) -> None:
        """Remove what was staged or kept."""
        for folder in (self._staged, self._kept):
            shutil.rmtree(folder, ignore_errors=True)
