"""What is left of a crash: a report whose place is told, or the report itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.tui.crash import last_words, write_report


def failed(text: str) -> Exception:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_the_report_holds_the_traceback_and_its_path_is_told(home: Path) -> None:
    """Nobody could mend what nobody can read."""
    words = last_words(failed("a lone surrogate \udc80 too"))
    (report,) = (home / "crashes").iterdir()
    assert str(report) in words[1]
    assert "ValueError" in words[0] and "\n" not in words[0]
    text = report.read_text(encoding="utf-8")
    assert "Traceback" in text and "test_crash.py" in text and "ocpptui " in text and "Textual " in text


def test_a_second_crash_does_not_take_the_place_of_the_first() -> None:
    """The first one is the one that tells something."""
    assert write_report(failed("one")) != write_report(failed("two"))


def test_without_a_place_for_the_report_it_is_told_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a read-only home nothing would be left of a crash."""
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("OCPPTUI_HOME", str(blocked))
    words = last_words(failed("lost?"))
    assert "Traceback" in words[-1] and "lost?" in words[-1]
