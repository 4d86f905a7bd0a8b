"""Opening a page that was written, where there is a browser with a screen."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def open_page(report: Path) -> None:
    """Open a page in the reader's browser; nothing happens without a screen, or in CI."""
    import webbrowser

    # Without a screen a text browser would take over the terminal.
    screen = sys.platform in {"darwin", "win32"} or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if screen and not os.environ.get("CI"):
        webbrowser.open(report.resolve().as_uri())
