"""Exports recordings to other formats, one file for each format."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from pathlib import PurePath
from typing import cast

from ocpptui.exporting.exported_records import Exporter


class Format(StrEnum):
    """The formats to which a recording can be exported."""

    RECORDING = "recording"
    OPEN_OCPP_TRACE = "open-ocpp-trace"
    CSV = "csv"
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    SEND = "send"
    HAR = "har"

    @property
    def exporter(self) -> Exporter:
        """The exporter; imported on demand."""
        return cast(Exporter, import_module(f"ocpptui.exporting.{_MODULES[self]}").export)


def format_of(path: PurePath) -> Format | None:
    """The format that the extension of a file names; None if it names none."""
    return _EXTENSIONS.get(path.suffix.lower())


def endings() -> tuple[str, ...]:
    """The endings of files that name a format, one for each format that has one."""
    first: dict[Format, str] = {}
    for ending, chosen in _EXTENSIONS.items():
        first.setdefault(chosen, ending)
    return tuple(first.values())


_MODULES = {
    Format.RECORDING: "recording_copy",
    Format.OPEN_OCPP_TRACE: "open_ocpp_trace",
    Format.CSV: "csv_file",
    Format.TEXT: "text_log",
    Format.MARKDOWN: "markdown",
    Format.HTML: "html_report",
    Format.SEND: "send_script",
    Format.HAR: "har_file",
}
_EXTENSIONS = {
    ".jsonl": Format.RECORDING,
    ".csv": Format.CSV,
    ".txt": Format.TEXT,
    ".log": Format.TEXT,
    ".md": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".sh": Format.SEND,
    ".har": Format.HAR,
}
