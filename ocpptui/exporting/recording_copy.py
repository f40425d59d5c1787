"""Exports to our own recording format: nothing is lost, and what is not redacted stays as it was."""

from __future__ import annotations

from typing import BinaryIO

from ocpptui.exporting.exported_records import Exported, Extract
from ocpptui.recording.line_format import to_line


def export(extract: Extract, out: BinaryIO) -> Exported:
    """One line per record, as a session writes it."""
    exported = Exported()
    for entry in extract:
        out.write(to_line(entry.record, entry.action))
        exported.written += 1
    return exported
