"""Files of other tools become one timeline: compressed, growing, several together, from both sides."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.filter.selection import Selection
from ocpptui.importing.importer import Importer
from ocpptui.importing.reader import ImportOptions
from ocpptui.ocpp.date_times import time_of
from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.file_errors import UnreadableFile
from ocpptui.redaction.redact import redaction_of
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.importing.reading import read
from tests.kit.program import OCPPTUI, environment_of

HEARTBEAT = '2026-11-22T10:00:0{0}.{1}Z CP001: receive message [2,"{0}","Heartbeat",{{}}]\n'
ANSWER = '2026-11-22T10:00:0{0}.{1}Z CP001: send [3,"{0}",{{"currentTime":"2026-11-22T10:00:00Z"}}]\n'
LOG = "".join(HEARTBEAT.format(number, "100") + ANSWER.format(number, "105") for number in range(5))


def zipped(path: Path, data: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("logs/a.log", data)


COMPRESSIONS: dict[str, Callable[[Path, bytes], object]] = {
    "a.log": lambda path, data: path.write_bytes(data),
    "a.log.gz": lambda path, data: path.write_bytes(gzip.compress(data)),
    "a.log.zst": lambda path, data: path.write_bytes(zstandard.compress(data)),
    "a.log.bz2": lambda path, data: path.write_bytes(bz2.compress(data)),
    "a.log.xz": lambda path, data: path.write_bytes(lzma.compress(data)),
    "a.zip": zipped,
    "a-utf16.log": lambda path, data: path.write_bytes(data.decode().encode("utf-16")),
    "a-bom.log": lambda path, data: path.write_bytes(b"\xef\xbb\xbf" + data),
    "a-crlf.log": lambda path, data: path.write_bytes(data.replace(b"\n", b"\r\n")),
}


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_a_log_is_read_in_any_compression_and_encoding(name: str, tmp_path: Path) -> None:
    """Logs rotate into gzip and zstd, customers send zip, PowerShell writes UTF-16."""
    COMPRESSIONS[name](tmp_path / name, LOG.encode())
    found = read(tmp_path / name)
    assert [record.kind for record in found.records] == [RecordKind.CALL, RecordKind.CALLRESULT] * 5
    assert found.timeline.latency(1) == 5000
    assert found.importer.failures == [] and found.importer.progress == 1.0


def test_a_truncated_compressed_log_is_read_to_its_end(tmp_path: Path) -> None:
    """The beginning of an incomplete upload would be lost."""
    packed = gzip.compress(os.urandom(5000).hex().encode() + b"\n" + LOG.encode() * 200)
    (tmp_path / "a.log.gz").write_bytes(packed[:-40])
    found = read(tmp_path / "a.log.gz")
    assert len(found.records) > 100
    assert "cannot be read to its end" in str(found.importer.problems[0][1])


PACKED = [name for name in COMPRESSIONS if name.rpartition(".")[2] in ("gz", "zst", "bz2", "xz", "zip")]


@pytest.mark.parametrize("name", PACKED)
@given(place=st.floats(0, 1), flipped=st.integers(0, 255), kept=st.floats(0.1, 1), plain=st.binary(max_size=300))
def test_no_damage_to_a_compressed_file_ends_the_program(
    name: str, place: float, flipped: int, kept: float, plain: bytes
) -> None:
    """One flipped bit of an upload would end in a traceback; what can be read is shown, and the rest is reported."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        COMPRESSIONS[name](path, LOG.encode() + plain)
        data = bytearray(path.read_bytes())
        data[int(place * (len(data) - 1))] ^= flipped
        path.write_bytes(data[: int(len(data) * kept)])
        read(path)


@pytest.mark.parametrize("name", PACKED)
def test_a_damaged_compressed_file_is_reported_in_a_pipe_too(name: str, tmp_path: Path) -> None:
    COMPRESSIONS[name](tmp_path / name, LOG.encode() * 50)
    data = (tmp_path / name).read_bytes()
    result = subprocess.run(
        [*OCPPTUI, "open", "-", "--headless"],
        input=data[: len(data) // 2],
        env=environment_of(tmp_path / "home"),
        capture_output=True,
        check=False,
    )
    assert result.returncode in (1, 2)
    assert b"Traceback" not in result.stderr
    assert b"cannot be read" in result.stderr
    assert b"ocpptui-" not in result.stderr  # the name of a temporary file


@given(st.lists(st.tuples(st.text("ab\n", max_size=300), st.booleans()), min_size=1, max_size=4), st.integers(1, 20))
def test_only_a_truncated_file_of_zstd_is_reported(frames: list[tuple[str, bool]], cut: int) -> None:
    """The library reads to the end of what is there, and the last hours of a log would be missed by nobody."""
    skipped = b"\x50\x2a\x4d\x18" + (3).to_bytes(4, "little") + b"abc"
    packed = [zstandard.ZstdCompressor(write_checksum=check).compress(plain.encode()) for plain, check in frames]
    whole = skipped.join(packed)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.log.zst"
        path.write_bytes(zstandard.compress(LOG.encode()) + whole)
        assert not [problem for _, problem in read(path).importer.problems]
        path.write_bytes(zstandard.compress(LOG.encode()) + whole[: -min(cut, len(packed[-1]) - 1)])
        assert "truncated" in str(read(path).importer.problems[-1][1])


def test_a_file_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    """A file of a few bytes may ask for a window of 2 GB."""
    wide = zstandard.ZstdCompressionParameters(window_log=31)
    packer = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    (tmp_path / "a.log.zst").write_bytes(packer.compress(LOG.encode()) + packer.flush())
    found = read(tmp_path / "a.log.zst")
    assert found.records == []
    assert "too much memory" in found.importer.failures[0]


LONE_SURROGATES = {
    "a.json": r'[{"message":"[2,\"\ud800\",\"Heartbeat\",{\"a\":\"\udfff\"}]"}]',
    "frame.json": r'[[2,"\ud800","Heartbeat",{"a":"\udfff"}]]',
    "identity.json": r'[{"chargePointId":"\ud800","direction":"\ud800","message":[2,"1","\ud800",{"\ud800":1}]}]',
    "a.log": r'2026-11-22T10:00:00Z \ud800 [2,"\ud800","Heartbeat",{"a":"\udfff"}]',
    "nested.log": r'{"msg":"got [2,\"\ud800\",\"Heartbeat\",{}]","id":"\ud800","time":"2026-11-22T10:00:00Z"}',
    "a.csv": 'time,charge point,message\n2026-11-22T10:00:00Z,\ud800,"[2,""\ud800"",""Heartbeat"",{}]"',
    "a.har": r'{"log":{"entries":[{"request":{"url":"ws://h/\ud800","headers":[{"name":"\ud800","value":"\ud800"}]},'
    r'"_webSocketMessages":[{"type":"send","time":1,"opcode":1,"data":"[2,\"\ud800\",\"Heartbeat\",{}]"}]}]}}',
    "a.jsonl": r'{"schemaVersion":"1.1","messageType":"CALL","chargePointId":"\ud800","direction":"cp-to-csms",'
    r'"raw":"[2,\"\ud800\",\"Heartbeat\",{}]"}',
}
"""Text with half of a surrogate pair, which JSON can write and UTF-8 cannot."""


@pytest.mark.parametrize("name", LONE_SURROGATES)
def test_half_of_a_surrogate_pair_ends_nothing(name: str, tmp_path: Path) -> None:
    """A charge point that cuts a string in the middle of an emoji would make its log unreadable."""
    (tmp_path / name).write_text(LONE_SURROGATES[name], encoding="utf-8", errors="surrogatepass")
    found = read(tmp_path / name)
    messages = [record.raw for record in found.records if record.kind.is_message]
    assert messages
    for raw in messages:
        assert raw is not None
        assert isinstance(raw, bytes) or r"\ud800" in raw.encode().decode()
    for format_ in Format:
        for redaction in (None, redaction_of(found.timeline)):
            out = io.BytesIO()
            format_.exporter(Extract(Selection(found.timeline), redaction), out)
            out.getvalue().decode()


@pytest.mark.parametrize(
    ("text", "raws"),
    [
        ("{zeros}{0}{1}", ['[2,"a0","Heartbeat",{}]', '[2,"a1","Heartbeat",{}]']),
        ("{0}{zeros}{1}", ['[2,"a0","Heartbeat",{}]', '[2,"a1","Heartbeat",{}]']),
        ("{0:.40}{zeros}{1}", ['[2,"a0",', '[2,"a1","Heartbeat",{}]']),
    ],
)
def test_a_log_may_have_zeros_where_the_power_failed(tmp_path: Path, text: str, raws: list[str]) -> None:
    """The log of a charge point would be a binary file, or what was cut off would go on in the next line."""
    lines = (f'2026-03-01T10:00:0{n}Z CP-77 recv [2,"a{n}","Heartbeat",{{}}]\n' for n in range(2))
    path = tmp_path / "a.log"
    path.write_text(text.format(*lines, zeros="\0" * 3000))
    found = read(path)
    assert found.raws == raws
    assert {record.charge_point for record in found.records} == {"CP-77"}


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty"), (b"\x7fELF\x00\x01\x02\x00" * 50, "binary"), (b"PK\x03\x04junk", "archive")]
)
def test_a_file_that_is_not_a_capture_is_refused_with_a_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    """The user would see an empty screen instead of what is wrong."""
    (tmp_path / "a").write_bytes(content)
    assert reason in read(tmp_path / "a").importer.failures[0]


def test_a_missing_file_is_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        read(tmp_path / "none.log")


@given(content=st.binary(max_size=400))
def test_random_bytes_never_crash(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The debugger must survive any file that is dropped on it."""
    path = tmp_path_factory.mktemp("random") / "file"
    path.write_bytes(content)
    read(path)


def test_files_become_one_timeline_by_time(tmp_path: Path) -> None:
    """Cause and effect are in two logs; only one timeline shows them together."""
    lines = LOG.splitlines(keepends=True)
    (tmp_path / "calls.log").write_text("".join(lines[::2]))
    (tmp_path / "answers.log").write_text("".join(lines[1::2]))
    found = read([tmp_path / "answers.log", tmp_path / "calls.log"])
    times = [record.time for record in found.records]
    assert times == sorted(times)
    assert [record.kind for record in found.records] == [RecordKind.CALL, RecordKind.CALLRESULT] * 5


def test_a_recording_and_a_log_are_merged_too(tmp_path: Path) -> None:
    """The user could not compare a proxy's recording with the charge point's own log."""
    recording = Path(__file__).parents[2] / "recordings" / "charge-1.6.jsonl"
    (tmp_path / "a.log").write_text(LOG)
    found = read([recording, tmp_path / "a.log"])
    assert len(found.records) == len(read(recording).records) + 10


def test_a_wrong_clock_can_be_shifted(tmp_path: Path) -> None:
    """The clocks of charge points without NTP are minutes off."""
    path = tmp_path / "a.log"
    path.write_text(LOG)
    plain, shifted = read(path), read(path, ImportOptions(shifts={path: -3_600_000_000}))
    assert [record.time - 3_600_000_000 for record in plain.records] == [record.time for record in shifted.records]


def test_a_frame_recorded_by_both_sides_is_one_record_with_its_transit_time(tmp_path: Path) -> None:
    """Neither log alone shows how long the network took."""
    other = LOG.replace("receive message", "SENT").replace("send", "recv").replace("SENT", "send").replace(".1", ".0")
    (tmp_path / "backend.log").write_text(LOG)
    (tmp_path / "charger.log").write_text(other)
    paths = [tmp_path / "backend.log", tmp_path / "charger.log"]
    assert len(read(paths).records) == 20
    found = read(paths, ImportOptions(merge=True))
    assert len(found.records) == 10
    assert {record.detail["transitMs"] for record in found.records} == {100.0}
    assert {record.connection for record in found.records} == {1}
    assert "10 frames were recorded by both sides" in found.importer.evidence[-1]


def test_a_repeated_message_id_is_not_mistaken_for_the_other_side(tmp_path: Path) -> None:
    """A charge point that sends a message id twice has a fault, which would disappear in one record."""
    path = tmp_path / "a.log"
    path.write_text(LOG + LOG)
    assert len(read(path, ImportOptions(merge=True)).records) == 20


def test_a_growing_log_is_followed(tmp_path: Path) -> None:
    """A technician who watches the backend's log while plugging in would see nothing."""
    path, timeline = tmp_path / "a.log", Timeline()
    path.write_text(LOG[: LOG.index("\n") + 20])
    importer = Importer([path], timeline, ImportOptions(follow=True))
    while not importer.idle:
        assert importer.advance(1) is False
    assert len(timeline) == 1
    with path.open("a") as file:
        file.write(LOG[LOG.index("\n") + 20 :])
    while len(timeline) < 10:
        assert importer.advance(1) is False
    assert timeline.latency(9) == 5000
    importer.close()


@pytest.mark.parametrize(
    "how",
    [
        "truncated",
        pytest.param(
            "replaced",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let an open file be moved"),
        ),
    ],
)
@pytest.mark.parametrize("ends", ["", "\n"])
def test_a_followed_log_that_is_rotated_goes_on_with_the_new_content(tmp_path: Path, how: str, ends: str) -> None:
    """Whoever watches a log over midnight would see nothing any more, and not know why."""
    path, timeline = tmp_path / "a.log", Timeline()
    lines = LOG.splitlines()
    path.write_text("\n".join(lines[:8]) + ends)
    importer = Importer([path], timeline, ImportOptions(follow=True))
    while not importer.idle:
        importer.advance(1)
    if how == "replaced":
        path.rename(tmp_path / "a.log.1")
        with (tmp_path / "a.log.1").open("a") as file:
            file.write(f"\n{lines[8]}\n")  # the writer still has the old one open
    else:
        path.write_text("")
    importer.advance(1)
    importer.advance(1)
    path.write_text("".join(f"{line}\n" for line in lines[9:]))
    while len(timeline) < 9 + (how == "replaced"):
        assert importer.advance(1) is False
    last = len(timeline) - 1
    assert timeline.action(last - 1) and importer.place_of(last) == (path, 1)
    assert any(how in warning or "another file" in warning for warning in importer.warnings)
    assert str(timeline.record(0).raw) in lines[0] and str(timeline.record(last).raw) in lines[9]
    importer.close()


def test_the_users_options_override_what_is_inferred(tmp_path: Path) -> None:
    """The user could not correct a wrong guess."""
    path = tmp_path / "a.log"
    path.write_text('2026-11-22 10:00:00 [3,"1",{}]\n')
    found = read(path, ImportOptions(version=Version.V21, utc_offset=120))
    assert found.records[0].version is Version.V21
    assert found.records[0].time == time_of("2026-11-22T08:00:00Z")


def test_what_was_inferred_is_marked_in_the_record_and_counted(tmp_path: Path) -> None:
    """A guess would look like a fact."""
    path = tmp_path / "a.log"
    path.write_text('[2,"1","BootNotification",{"chargePointVendor":"A","chargePointModel":"B"}]\n[3,"1",{}]\n')
    found = read(path)
    assert [record.direction for record in found.records] == [Direction.TO_CSMS, Direction.TO_CHARGE_POINT]
    assert found.records[0].detail == {"guessed": ["time", "version", "direction"], "timeless": True}
    assert found.importer.files[0].tally.guessed == {"time": 2, "version": 2, "direction": 2}
    assert "2 lines with a frame, 0 lines without; inferred: time of 2, version of 2, direction of 2" in (
        found.importer.files[0].summary
    )


def test_secrets_of_a_log_are_masked(tmp_path: Path) -> None:
    """Converted logs are sent by e-mail."""
    path = tmp_path / "a.log"
    path.write_text('send [2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"hunter22hunter22"}]\n')
    assert "hunter22" not in str(read(path).records[0].raw)


def test_no_temporary_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A customer's log would stay in the temporary folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "a.log").write_text(LOG)
    read(tmp_path / "a.log")
    assert [path.name for path in tmp_path.iterdir()] == ["a.log"]


def test_a_folder_of_frames_can_be_named_as_its_format(tmp_path: Path) -> None:
    """A detected format could not be named with --from, or vice versa."""
    (tmp_path / "2026-01-01_10-00-01-1234_ocpp16-in.txt").write_text('[2,"a","Heartbeat",{}]')
    (tmp_path / "readme.md").write_text("about")
    with pytest.raises(UnreadableFile, match="this is a folder, but not one of dumped frames"):
        read(tmp_path)
    found = read(tmp_path, ImportOptions(format="frame-files"))
    assert found.raws == ['[2,"a","Heartbeat",{}]']
    with pytest.raises(UnreadableFile, match="this is a folder, and csv is a format of files"):
        read(tmp_path, ImportOptions(format="csv"))
    file = read(tmp_path / "readme.md", ImportOptions(format="frame-files"))
    assert "this is a file, and frame-files is a format of folders" in file.importer.failures[0]


def test_a_traceback_between_frames_names_no_charge_point(tmp_path: Path) -> None:
    """The log of a central system in Python would have a charge point called python3.9 after each exception."""
    trace = (
        "Traceback (most recent call last):\n"
        '  File "/usr/local/lib/python3.9/site-packages/ocpp/charge_point.py", line 139, in route_message\n'
        '  File "/usr/local/lib/python3.9/site-packages/ocpp/messages.py", line 69, in unpack\n'
    )
    for named in (LOG, LOG.replace(" CP001:", " :")):
        first, second = named.splitlines(keepends=True)[:2]
        (tmp_path / "a.log").write_text(first + trace + second + trace + "".join(named.splitlines(keepends=True)[2:]))
        assert {record.charge_point for record in read(tmp_path / "a.log").records} == {"CP001" if named == LOG else ""}


def test_a_damaged_frame_twice_in_quotes_in_one_line_is_one_record(tmp_path: Path) -> None:
    """Libraries repeat what they cannot parse in the details of the error; a frame would have a quote at its end."""
    for broken in ('[3,"1",{"configurationKey":],"unknownKey":["A"]}]', '[2,"1","MeterValues",{"a":[,{"b":1}]}]'):
        for quote in ("'", "`"):
            frame = f"{quote}{broken}{quote}"
            line = f"2026-11-22T10:00:01Z CP001: receive message {broken}\n"
            error = (
                f"2026-11-22T10:00:01Z ERROR cannot parse {frame}: wrong, {{'cause': 'x', 'ocpp_message': {frame}}}\n"
            )
            (tmp_path / "a.log").write_text(LOG + line + error)
            assert read(tmp_path / "a.log").raws[10:] == [broken]
