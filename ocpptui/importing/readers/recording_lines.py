"""Recordings of our own, and Open OCPP Trace from other tools: each line is a record already."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material, Pause, ReaderStep, grown_blocks
from ocpptui.recording.line_format import Unreadable, from_line, is_recording
from ocpptui.timeline.record import Record


class RecordingLines:
    """The reader for recordings."""

    name = "recording"
    grows = True

    def detects(self, head: bytes, name: str) -> bool:
        return is_recording(head)

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[ReaderStep]:
        rest, number, time = b"", 0, 0
        for block in grown_blocks(material, options):
            if block is Pause.ANEW:
                yield from _last_line(rest, number, time)
                rest, number = b"", 0
                continue
            if isinstance(block, Pause):
                yield block
                continue
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                number += 1
                record = from_line(line.removeprefix(codecs.BOM_UTF8), fallback_time=time)
                if isinstance(record, Record):
                    time, record.line = record.time, number
                    yield record
                elif line.strip():
                    yield Unreadable(record.reason, number)
        yield from _last_line(rest, number, time)


def _last_line(line: bytes, number: int, time: int) -> Iterator[ReaderStep]:
    """What follows the last line feed, behind that many lines."""
    if line.strip():
        record = from_line(line, fallback_time=time)
        if isinstance(record, Record):
            record.line = number + 1
            yield record
        else:
            yield Unreadable(f"the last line is truncated: {record.reason}", number + 1)
