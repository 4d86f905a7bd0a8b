"""Refuses an output that cannot be written before the work begins, not after minutes of it."""

from __future__ import annotations

import os
from pathlib import Path

from thecal.errors import InputError


def require_writable(path: Path | None, option: str) -> None:
    """Refuse a file that cannot be written; nothing is made or changed.

    Parameters
    ----------
    path
        The file that will be written; missing folders will be made. ``None`` is nothing to write.
    option
        The option that named it, for the refusal.

    Raises
    ------
    InputError
        If the path is a folder, or no file can be made there.
    """
    if path is None:
        return
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file in it", field=option)
    nearest = path
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if nearest != path and not nearest.is_dir():
        raise InputError(
            f"{path} cannot be written, since {nearest} is not a folder; name another place",
            field=option,
        )
    if not os.access(nearest, os.W_OK):
        raise InputError(
            f"{path} cannot be written, since you may not write to {nearest}; name another place",
            field=option,
        )
