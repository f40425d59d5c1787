"""Logs that were rotated: which files are parts of one log, and in which order they were written.

`logrotate` and most loggers number the older parts from the newest to the oldest, `csms.log.2`, `csms.log.1`,
`csms.log`, or name them by date, `csms.log-20260314`, `csms-2026-03-14.log`; the one that is still written to has
neither.
"""

from __future__ import annotations

from ocpptui.jsontext.lazy_pattern import lazily

_PACKED = lazily(r"\.(?:gz|bz2|xz|lzma|zst|zip)$")
_NUMBERED = lazily(r"(?P<log>.+)[.](?P<number>\d{1,3})$")
_DATED = lazily(
    r"(?P<log>.+?)[.-]?(?P<date>(?:19|20)\d\d-?[01]\d-?[0-3]\d(?:[T_-]?\d{2}(?:[:-]?\d\d){0,2})?)(?P<end>(?:\.[a-z]{1,4})?)$"
)


def place_in_log(path: str) -> tuple[str, int, str, int]:
    """What the files of an archive are sorted by: the log that a file is of, and its place in it."""
    name = _PACKED.sub("", path)
    numbered = _NUMBERED.match(name)
    if numbered is not None:
        name, number = numbered["log"], int(numbered["number"])
    else:
        number = 0
    dated = _DATED.match(name)
    if dated is not None:
        return dated["log"] + dated["end"], 0, dated["date"], -number
    return name, 0 if number else 1, "", -number
