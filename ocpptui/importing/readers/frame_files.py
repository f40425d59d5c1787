"""Folders with one file per frame, as OCPP.Core dumps them: the file name states time, version and direction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from ocpptui.importing.files.input_file import folder_names
from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.ocpp.date_times import micros_of
from ocpptui.ocpp.version import Direction, Version

LARGEST = 32 * 2**20
"""The most bytes of a file that are read; a larger file is truncated there and is therefore not a frame."""
LOOKED_AT = 50
"""How many files of a folder are checked to recognise it."""

_NAME = lazily(
    r"(?P<day>\d{4}-\d\d-\d\d)_(?P<hour>\d\d)-(?P<minute>\d\d)-(?P<second>\d\d)(?:-(?P<fraction>\d{1,7}))?"
    r"_ocpp(?P<version>\d{2,3})-(?P<way>in|out)\b[^/]*\.(?:txt|json|log)",
    re.IGNORECASE,
)


class FrameFiles:
    """The reader for these folders."""

    name = "frame-files"
    grows = False

    def detects(self, head: bytes, name: str) -> bool:
        """Whether most of the first files in the folder have the name of a dumped frame."""
        names = [found for found in head.decode("utf-8", "replace").split("\n")[:LOOKED_AT] if found]
        return sum(1 for found in names if _NAME.fullmatch(found)) > len(names) / 2

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[FoundFrame]:
        """The frames in a folder, by time; `line` is the number of the file in this order.

        The central system wrote the files: `in` means that it received the frame. A file that cannot be read or has a
        different name is counted as one without a frame.
        """
        assert material.path is not None
        for number, name in enumerate(sorted(folder_names(material.path), key=_order), 1):
            match = _NAME.fullmatch(name)
            if match is None:
                tally.skip(number, name, "the file name is not that of a dumped frame")
                continue
            try:
                with open(material.path / name, "rb") as file:
                    raw = file.read(LARGEST)
            except OSError as error:
                tally.skip(number, name, error.strerror or "cannot be read")
                continue
            if not raw.strip():
                tally.skip(number, name, "empty")
                continue
            tally.with_frame += 1
            yield _found(number, match, raw)


def _found(number: int, name: re.Match[str], raw: bytes) -> FoundFrame:
    way = Direction.TO_CSMS if name["way"].lower() == "in" else Direction.TO_CHARGE_POINT
    found = FoundFrame(_text(raw), number, direction=way, version=Version.parse(name["version"]))
    try:
        moment = datetime.fromisoformat(f"{name['day']}T{name['hour']}:{name['minute']}:{name['second']}+00:00")
    except ValueError:
        return found
    micros = int((name["fraction"] or "0").ljust(6, "0")[:6])
    found.time = micros_of(moment) + micros
    return found


def _order(name: str) -> tuple[str, int, str]:
    """Sorts by time; at the same time, received frames come before sent ones, which may be their answers."""
    match = _NAME.fullmatch(name)
    if match is None:
        return ("~", 0, name)
    time = (
        f"{match['day']}-{match['hour']}-{match['minute']}-{match['second']}-{(match['fraction'] or '').ljust(7, '0')}"
    )
    return (time, int(match["way"].lower() == "out"), name)


def _text(raw: bytes) -> str | bytes:
    try:
        return raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return raw
