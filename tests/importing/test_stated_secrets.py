"""A secret that only a line without a record states is masked in every record of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.importing import source_file
from ocpptui.importing.reader import ImportOptions
from tests.importing.reading import read
from tests.ocpp.test_labelled_secrets import ORDINARY, PASSWORD, STATING

_FRAMES = (
    f'2026-03-05T10:00:01Z CP1 received [2,"1","DataTransfer",{{"vendorId":"v","data":"is {PASSWORD}"}}]\n'
    '2026-03-05T10:00:02Z CP1 received [2,"2","Authorize",{"idTag":"04A1B2C3D4E5F6"}]\n'
)


def _texts(path: Path, *, keep_secrets: bool = False, choices: ImportOptions | None = None) -> str:
    return "\n".join(str(raw) for raw in read(path, choices, keep_secrets=keep_secrets).raws)


@pytest.mark.parametrize("line", STATING.values(), ids=STATING)
@pytest.mark.parametrize("first", (True, False))
def test_its_copies_are_masked(line: str, tmp_path: Path, *, first: bool) -> None:
    """The handshake says the password, and a message shows it on the screen and in a redacted copy."""
    path = tmp_path / "cp.log"
    path.write_text(f"{line}\n{_FRAMES}" if first else f"{_FRAMES}{line}\n")
    assert PASSWORD not in _texts(path)
    assert "04A1B2C3D4E5F6" in _texts(path)
    assert PASSWORD in _texts(path, keep_secrets=True)


@pytest.mark.parametrize("line", ORDINARY)
def test_nothing_is_masked_for_an_ordinary_line(line: str, tmp_path: Path) -> None:
    """The id of a card, the key of a setting, a host would be `***` in all messages."""
    path = tmp_path / "cp.log"
    frame = f'2026-03-05T10:00:03Z CP1 received [2,"3","StatusNotification",{{"info":"{line}"}}]\n'
    path.write_text(_FRAMES + frame)
    alone = _texts(path)
    path.write_text(f"{line}\n{_FRAMES}{frame}")
    assert _texts(path) == alone


def test_digits_alone_make_a_secret_too(tmp_path: Path) -> None:
    """Lines that differ in digits alone are not searched again; their passwords may."""
    path = tmp_path / "cp.log"
    lines = [f"using ftp://me:pass{number}word@host/\n" for number in (111, 222, 333)]
    frame = '2026-03-05T10:00:01Z CP1 received [2,"1","DataTransfer",{"vendorId":"v","data":"pass333word"}]\n'
    path.write_text("".join(lines) + frame)
    assert "pass333word" not in _texts(path)


@pytest.mark.parametrize("around", ('{"headers":{"Authorization":"Bearer %s"},"frame":%s}', "me:%s@host sent %s"))
def test_what_is_around_a_frame_counts_too(around: str, tmp_path: Path) -> None:
    path = tmp_path / "cp.log"
    around = around if around[0] == "{" else f"ws://{around}"
    path.write_text(around % (PASSWORD, '[2,"0","Heartbeat",{}]') + "\n" + _FRAMES)
    assert '"Heartbeat"' in _texts(path)
    assert PASSWORD not in _texts(path)


PLACES = {
    "before it": "2026-03-05T10:00:00Z CP1 (%s) received ",
    "at the start of the line": "%s received ",
    "far before it": "2026-03-05T10:00:00Z CP1 (%s) " + "and so on " * 80 + "received ",
}
HEADERS = {
    "own header of a vendor": f"X-Api-Key={PASSWORD}",
    "long cookie": f"Set-Cookie: opaque={PASSWORD}; Path=/ocpp",
    "several cookies": f'Cookie: lang=en; sid="{PASSWORD}"; theme=dark',
    "percent-encoded": f"GET /r?to=wss%3A%2F%2FCP1%3A{PASSWORD}%40host%2Focpp HTTP/1.1",
}
WHOLE_LINE = {"own header", "cookie", "cookie that is set"}
"""At the start of a line, the secret goes to its end (RFC 9112 section 5)."""


def _other_digits(line: str) -> str:
    """A line of the same shape."""
    return line.translate(str.maketrans("0123456789", "1234567890"))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("notation", [*STATING, *HEADERS])
@pytest.mark.parametrize("ending", ("", " in 3 ms"))
@pytest.mark.parametrize("seen", (False, True))
def test_what_is_before_a_frame_counts_in_every_notation(
    notation: str, place: str, ending: str, tmp_path: Path, *, seen: bool
) -> None:
    """Lines of a shape that was seen before are read quickly; the secrets in them would be in every message."""
    if place == "at the start of the line" and (notation in WHOLE_LINE or notation in HEADERS):
        place = "before it"
    before = PLACES[place] % {**STATING, **HEADERS}[notation]
    frame = f'[2,"0","Heartbeat",{{}}]{ending}\n'
    earlier = f"{_other_digits(before)}{frame}" * 3 if seen else ""
    path = tmp_path / "cp.log"
    path.write_text(f"{earlier}{before}{frame}{_FRAMES}")
    found = _texts(path)
    assert found.count('"Heartbeat"') == (4 if seen else 1)
    assert PASSWORD not in found
    assert "04A1B2C3D4E5F6" in found
    assert PASSWORD in _texts(path, keep_secrets=True)


@pytest.mark.parametrize("line", ORDINARY)
def test_ordinary_words_before_a_frame_mask_nothing(line: str, tmp_path: Path) -> None:
    path = tmp_path / "cp.log"
    frame = f'[2,"3","StatusNotification",{{"info":"{line}"}}]\n'
    path.write_text(f"2026-03-05T10:00:00Z CP1 received {frame}{_FRAMES}")
    alone = _texts(path)
    path.write_text(f"2026-03-05T10:00:00Z CP1 ({line}) received {frame}{_FRAMES}")
    assert _texts(path) == alone


def test_a_row_of_a_table_counts_too(tmp_path: Path) -> None:
    path = tmp_path / "cp.csv"
    rows = [f"2026-03-05T10:00:00Z,CP1,Authorization: Bearer {PASSWORD}"]
    rows += [
        f'2026-03-05T10:00:0{n}Z,CP1,"[2,""{n}"",""DataTransfer"",{{""vendorId"":""{PASSWORD}""}}]"' for n in (1, 2)
    ]
    path.write_text("time,station,message\n" + "\n".join(rows) + "\n")
    assert PASSWORD not in _texts(path)


@pytest.mark.parametrize("files", (1, 2))
@pytest.mark.parametrize("keep_secrets", (False, True))
def test_the_second_process_tells_it_too(
    files: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, keep_secrets: bool
) -> None:
    """Large logs are read by two processes; of several files, one may state what another shows."""
    monkeypatch.setattr(source_file, "LARGE", 0)
    paths = [tmp_path / f"{number}.log" for number in range(files)]
    filler = "2026-03-05T10:00:03Z nothing happened here\n" * 40_000
    for path in paths:
        path.write_text(_FRAMES + filler)
    with paths[-1].open("a") as last:
        last.write(f"2026-03-05T10:00:04Z connecting with {STATING['Basic']}\n")
    texts = "\n".join(str(raw) for raw in read(paths, keep_secrets=keep_secrets).raws)
    assert (PASSWORD in texts) == keep_secrets
    assert "04A1B2C3D4E5F6" in texts
