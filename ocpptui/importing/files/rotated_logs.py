"""Logs that were rotated: which files are parts of one log, and in which order they were written.

`logrotate` and most loggers number the older parts from the newest to the oldest, `csms.log.2`, `csms.log.1`,
`csms.log`, or name them by date, `csms.log-20260314`, `csms-2026-03-14.log`; the one that is still written to has
neither.
"""

from __future__ import annotations

from ocpptui.jsontext.lazy_pattern import lazily
from ocpptui.timeline.record import Record

LONGEST_GAP = 300_000_000
"""Microseconds between the last record of a log and the first of the next, which goes on with its connections."""

_PACKED = lazily(r"\.(?:gz|bz2|xz|lzma|zst|zip)$")
_NUMBERED = lazily(r"(?P<log>.+)[.](?P<number>\d{1,3})$")
_DATED = lazily(
    r"(?P<log>.+?)[._-]?(?P<date>(?:19|20)\d\d(?P<mark>[._-]?)[01]\d(?P=mark)[0-3]\d(?:[T_-]?\d{2}(?:[:-]?\d\d){0,2})?)"
    r"(?P<end>(?:\.[a-z]{1,4})?)$"
)


def place_in_log(path: str) -> tuple[str, int, str, int]:
    """What the files of an archive are sorted by: the log that a file is of, and its place in it."""
    name = _PACKED.sub("", path)
    number, dated = 0, _DATED.match(name)
    if dated is None and (numbered := _NUMBERED.match(name)) is not None:
        name, number = numbered["log"], int(numbered["number"])
        dated = _DATED.match(name)
    if dated is not None:
        return dated["log"] + dated["end"], 0, dated["date"], -number
    return name, 0 if number else 1, "", -number


class PartsInTurn:
    """The files of an archive, one behind the other: the connections of a charge point go on in a file that begins
    shortly after the end of the one before."""

    def __init__(self) -> None:
        self._before: dict[str, int] = {}  # of each charge point: its last connection in the files before
        self._ended = 0  # when the last of these did
        self._last: dict[str, int] = {}  # the same of this file
        self._latest = 0
        self._numbers: dict[int, int] = {}  # of each connection of this file: the one that it is

    def begin(self) -> None:
        """Go on to the next file."""
        self._before, self._ended = self._before | self._last, self._latest
        self._last, self._latest, self._numbers = {}, 0, {}

    def connected(self, records: list[Record]) -> list[Record]:
        """The records of this file, with the connections of those before where these go on."""
        for record in records:
            if not self._latest and not 0 <= record.time - self._ended <= LONGEST_GAP:
                self._before = {}
            number = self._numbers.get(record.connection)
            if number is None:
                goes_on = self._before.pop(record.charge_point, 0) if record.connection else 0
                number = self._numbers[record.connection] = goes_on or record.connection
            record.connection = number
            if record.charge_point and number:
                self._last[record.charge_point] = number
            self._latest = max(self._latest, record.time)
        return records
