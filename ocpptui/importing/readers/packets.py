"""Packet captures, read through tshark, which reassembles and decrypts the TCP streams; the rest is done here."""

from __future__ import annotations

import base64
import binascii
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from ocpptui.importing.found_frame import FoundFrame
from ocpptui.importing.import_tally import ImportTally
from ocpptui.importing.packets.tcp_stream import Conversation, Piece
from ocpptui.importing.reader import ImportOptions, Material
from ocpptui.importing.readers.http_messages import envelopes_on_wire
from ocpptui.recording.file_errors import UnreadableFile

TSHARK = "tshark"
AT_ONCE = 200
"""How many streams one run of tshark extracts; each run reads the whole capture."""

_MAGIC = (
    b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x34\xcd\xb2\xa1",
    b"\x0a\x0d\x0d\x0a",
)  # fmt: skip
"""Magic numbers of libpcap with microseconds and nanoseconds in either byte order, its modified form, and pcapng."""


class PacketCapture:
    """The reader for pcap and pcapng. The client of the WebSocket is the charge point."""

    name = "pcap"
    grows = False

    def detects(self, head: bytes, name: str) -> bool:
        return head.startswith(_MAGIC)

    def read(self, material: Material, tally: ImportTally, options: ImportOptions) -> Iterator[FoundFrame]:
        """The frames of all connections, by time; all of them are in memory for a moment.

        Raises UnreadableFile if tshark is not installed or cannot read the capture at all.
        """
        place = material.path or Path(material.name)
        program = shutil.which(TSHARK)
        if program is None:
            reason = f"packet captures need {TSHARK} (Debian: apt-get install tshark), which is not on the PATH"
            raise UnreadableFile(place, reason)
        if options.keylog is not None and not options.keylog.is_file():
            raise UnreadableFile(options.keylog, "this TLS key file does not exist")
        with _on_disk(material) as path:
            shark = _Shark(program, path, options.keylog, place)
            found = [one for stream in shark.streams() for one in _in_stream(shark, stream, tally)]
            if shark.complaint:
                tally.evidence.append(f"The capture is incomplete: {shark.complaint}")
        found.sort(key=lambda one: one.time or 0)
        yield from found


class Stream(NamedTuple):
    """A TCP connection in a capture."""

    number: int
    """tshark's number for the stream, from 0."""
    encrypted: bool


class _Shark:
    """Runs of tshark over one capture."""

    def __init__(self, program: str, path: Path, keylog: Path | None, named: Path) -> None:
        self._command = [program, "-n", "-r", str(path), "-o", "tcp.desegment_tcp_streams:TRUE"]
        if keylog is not None:
            self._command += ["-o", f"tls.keylog_file:{keylog}"]
        self._named = named
        self.has_keys = keylog is not None
        self.complaint = ""
        """tshark's complaint about a capture that it could only partly read."""
        self._read_ahead: dict[int, list[Piece]] = {}
        self._streams: list[Stream] = []

    def streams(self) -> list[Stream]:
        """The TCP streams with content. Raises UnreadableFile if tshark can read nothing of the capture."""
        fields = ("-Y", "tcp.len > 0", "-T", "fields", "-e", "tcp.stream", "-e", "tls.record.version")
        encrypted: dict[int, bool] = {}
        with self._run(fields) as (lines, failed):
            for line in lines:
                number, _, tls = line.decode("ascii", "replace").strip("\r\n").partition("\t")
                if number.isdecimal():
                    encrypted[int(number)] = encrypted.get(int(number), False) or bool(tls)
            reason = failed()
        if not encrypted and reason:
            raise UnreadableFile(self._named, f"{TSHARK} cannot read it: {reason}")
        self.complaint = reason
        self._streams = [Stream(number, tls) for number, tls in sorted(encrypted.items())]
        return self._streams

    def pieces(self, stream: Stream) -> list[Piece]:
        """What both sides of a stream sent, in order and without gaps, decrypted where that is possible."""
        if stream.number not in self._read_ahead:
            place = self._streams.index(stream)
            self._read_ahead = self._followed(self._streams[place : place + AT_ONCE])
        return self._read_ahead.pop(stream.number, [])

    def _followed(self, streams: Sequence[Stream]) -> dict[int, list[Piece]]:
        questions = ["-q"]
        for stream in streams:
            questions += ["-z", f"follow,{'tls' if stream.encrypted else 'tcp'},yaml,{stream.number}"]
        with self._run(questions) as (lines, failed):
            answers = list(_answers(lines))
            reason = failed()
        if not answers and reason:
            raise UnreadableFile(self._named, f"{TSHARK} cannot reassemble its streams: {reason}")
        return {stream.number: answer for stream, answer in zip(streams, answers, strict=False)}

    @contextmanager
    def _run(self, arguments: Sequence[str]) -> Iterator[tuple[IO[bytes], _Failure]]:
        environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [*self._command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
            )
            assert process.stdout is not None
            try:
                yield process.stdout, _Failure(process, errors)
            finally:
                process.stdout.close()
                process.kill()
                process.wait()


class _Failure:
    """Waits for the end of a run and returns tshark's error message; empty if the run succeeded."""

    def __init__(self, process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
        self._process = process
        self._errors = errors

    def __call__(self) -> str:
        if self._process.wait() == 0:
            return ""
        self._errors.seek(0)
        said = self._errors.read(4000).decode("utf-8", "replace").splitlines()
        lines = [line.strip() for line in said if line.strip() and not line.startswith("Running as user")]
        return lines[-1] if lines else "it failed without an error message"


def _answers(lines: IO[bytes]) -> Iterator[list[Piece]]:
    """The YAML output of `follow` for each stream in turn."""
    pieces: list[Piece] | None = None
    peer, time = 0, 0
    encoded: list[bytes] = []

    def end() -> None:
        if encoded and pieces is not None:
            try:
                pieces.append(Piece(peer, time, base64.b64decode(b"".join(encoded))))
            except binascii.Error:
                pieces.append(Piece(peer, time, b""))
        encoded.clear()

    for line in lines:
        text = line.strip()
        if line.startswith(b"peers:"):
            end()
            if pieces is not None:
                yield pieces
            pieces = []
        elif line.startswith(b"  - packet:"):
            end()
        elif line.startswith(b"    peer:"):
            peer = int(text.rpartition(b" ")[2])
        elif line.startswith(b"    timestamp:"):
            time = round(float(text.rpartition(b" ")[2]) * 1_000_000)
        elif line.startswith(b"      ") and pieces is not None:
            encoded.append(text)
    end()
    if pieces is not None:
        yield pieces


def _in_stream(shark: _Shark, stream: Stream, tally: ImportTally) -> Iterator[FoundFrame]:
    """The contents of a stream, if it is a WebSocket or HTTP with SOAP."""
    line = stream.number + 1
    pieces = shark.pieces(stream)
    if stream.encrypted and not pieces:
        key = "the TLS key log file has no key for it" if shark.has_keys else "decrypting it needs a TLS key log file"
        tally.skip(line, f"TCP stream {stream.number}", f"encrypted; {key}")
        return
    any_found = False
    for found in Conversation(stream.number, secure=stream.encrypted).read(pieces, tally):
        any_found = True
        found.line = line
        yield found
    for found in () if any_found else envelopes_on_wire(pieces, tally):
        any_found = True
        found.line = line
        yield found
    if not any_found:
        tally.skip(line, f"TCP stream {stream.number}", "neither a WebSocket nor SOAP")


@contextmanager
def _on_disk(material: Material) -> Iterator[Path]:
    """The capture as a file that another program can read."""
    if material.path is not None:
        yield material.path
        return
    with tempfile.TemporaryDirectory(prefix="ocpptui-") as folder:
        path = Path(folder) / "capture.pcap"
        with path.open("wb") as file:
            while block := material.stream.read(2**20):
                file.write(block)
        yield path
