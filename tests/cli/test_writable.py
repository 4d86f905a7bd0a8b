from __future__ import annotations

from pathlib import Path

import pytest

from thecal.cli.writable import require_writable
from thecal.errors import InputError


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder; name a file in it"):
        require_writable(tmp_path, "--report")


def test_a_file_is_no_folder_to_write_into(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.txt is not a folder; name another place"):
        require_writable(file / "page.html", "--report")


def test_the_refusal_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^--report: "):
        require_writable(tmp_path, "--report")


def test_a_place_without_the_right_to_write_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(InputError, match="you may not write to"):
        require_writable(tmp_path / "page.html", "--report")


def test_folders_that_do_not_exist_yet_are_no_obstacle_and_are_not_made(tmp_path: Path) -> None:
    require_writable(tmp_path / "new" / "page.html", "--report")
    assert list(tmp_path.iterdir()) == []
