"""What remains of a crash: a report with a known path, or the report itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.tui.crash import last_words, write_report


def failed(text: str) -> Exception:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_the_report_contains_the_traceback_and_its_path_is_printed(home: Path) -> None:
    """Without the report a maintainer could not find the fault."""
    words = last_words(failed("a lone surrogate \udc80 too"))
    (report,) = (home / "crashes").iterdir()
    assert str(report) in words[1]
    assert "ValueError" in words[0] and "\n" not in words[0]
    text = report.read_text(encoding="utf-8")
    assert "Traceback" in text and "test_crash.py" in text and "ocpptui " in text and "Textual " in text


def test_a_second_crash_does_not_overwrite_the_first() -> None:
    """The first crash is the one that explains the others."""
    assert write_report(failed("one")) != write_report(failed("two"))


def test_a_report_that_cannot_be_written_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a read-only home nothing would remain of a crash."""
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("OCPPTUI_HOME", str(blocked))
    words = last_words(failed("lost?"))
    assert "Traceback" in words[-1] and "lost?" in words[-1]
