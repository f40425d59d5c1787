"""What is in archives, mails and compressed files: logs are read as they are unpacked, in memory that does not grow.

Zip and tar archives, also within each other, files compressed by gzip, zstd, bzip2 or xz, and mails (RFC 2045).
"""

from __future__ import annotations

import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes
from email.message import Message as EmailMessage
from io import BytesIO
from pathlib import Path, PurePosixPath
from quopri import decodestring
from typing import IO, BinaryIO, cast

from ocpptui.importing.files.compressed_stream import COMPRESSIONS, Decompressed, Sturdy, UnpackedBudget
from ocpptui.importing.files.packing_marks import HEAD, ZIP, is_encoded_mail, is_packed, is_quoted_printable, is_tar
from ocpptui.importing.files.rotated_logs import place_in_log
from ocpptui.importing.files.unknown_content import is_workbook, kind_of_archive
from ocpptui.importing.reader import Material
from ocpptui.importing.texts.frame_scanner import START
from ocpptui.recording.file_errors import UnreadableFile

DEEPEST = 3
"""How many archives within each other are opened."""
LARGEST_NESTED = 2**31
"""The most bytes of a ZIP archive within another, which is copied to a file without a name."""
LARGEST_HELD = 2**28
"""The most bytes of a tar archive that are copied to a file without a name, so that its files can be read in another
order; it is compressed, or within another."""
LARGEST_MAIL = 2**26
"""The most bytes of a mail that are read."""
_HIDDEN = ("__MACOSX", "PaxHeader")


def unpacked(
    path: Path, material: Material, head: bytes, depth: int = 0, budget: UnpackedBudget | None = None
) -> Iterator[Material]:
    """The files in an archive or compressed file that begins with `head`, or the file itself if it is not one.

    `path` is the file that the user named. Raises UnreadableFile for an archive that cannot be read; a damaged
    compressed file ends early without an error, and so does one that unpacks to too much.
    """
    budget = budget or UnpackedBudget(material.size)
    if head.startswith(ZIP) and not is_workbook(head, material.name) and depth < DEEPEST:
        yield from _zipped(path, material, depth, budget)
        return
    if is_tar(head) and depth < DEEPEST:
        yield from _of_tar(path, material, depth, budget)
        return
    if is_encoded_mail(head) and depth < DEEPEST:
        yield from _of_mail(path, material, depth, budget)
        return
    if is_quoted_printable(head) and depth < DEEPEST:
        content = decodestring(_text_of_mail(path, material))
        yield replace(material, stream=cast(BinaryIO, Sturdy(BytesIO(content), budget)), path=None, in_archive=True)
        return
    for magic, ending, opened in COMPRESSIONS:
        if head.startswith(magic):
            named = material.name.lower().endswith(ending)
            name = material.name[: -len(ending)] if named else material.name
            inner = Sturdy(opened(material.stream), budget)
            yield from _whole(
                path, replace(material, name=name, stream=cast(BinaryIO, inner), path=None), depth, budget
            )
            return
    yield material


def _whole(path: Path, material: Material, depth: int, budget: UnpackedBudget) -> Iterator[Material]:
    """A member, or what is in it if it is an archive."""
    stream = cast(Sturdy, material.stream)
    head = stream.peek(HEAD)
    if depth + 1 < DEEPEST and is_packed(head):
        yield from unpacked(path, material, head, depth + 1, budget)
    else:
        yield material


def _zipped(path: Path, material: Material, depth: int, budget: UnpackedBudget) -> Iterator[Material]:
    if material.path is not None:
        yield from _of_zip(path, material, material.stream, depth, budget)
        return
    with tempfile.TemporaryFile(prefix="ocpptui-") as file:
        if not _copied(material.stream, file, LARGEST_NESTED):
            raise UnreadableFile(path, f"{material.name} in it is larger than {LARGEST_NESTED >> 30} GB")
        yield from _of_zip(path, material, file, depth, budget)


def _of_zip(path: Path, material: Material, file: IO[bytes], depth: int, budget: UnpackedBudget) -> Iterator[Material]:
    """The files in a ZIP archive by name, the parts of a rotated log from the oldest."""
    try:
        archive = zipfile.ZipFile(file)
    except Exception as error:  # a damaged archive raises BadZipFile, struct.error, ValueError and others
        raise UnreadableFile(path, f"this archive cannot be read: {error}") from error
    with archive:
        names = archive.namelist()
        if "xl/workbook.xml" in names:
            file.seek(0)
            yield replace(material, name=f"{material.name}.xlsx", stream=cast(BinaryIO, file))
            return
        if kind := kind_of_archive(names):
            raise UnreadableFile(path, f"this is {kind}")
        for entry in sorted(archive.infolist(), key=lambda entry: place_in_log(entry.filename)):
            if entry.is_dir() or _is_hidden(entry.filename):
                continue
            if entry.flag_bits & 1:
                raise UnreadableFile(path, f"{entry.filename} in this archive is encrypted; unpack it first")
            try:
                member = archive.open(entry)
            except Exception as error:
                reason = f"{entry.filename} in this archive cannot be read: {error}"
                raise UnreadableFile(path, reason) from error
            with member:
                stream = Sturdy(cast(Decompressed, member), budget)
                yield from _whole(path, _member(entry.filename, stream, material), depth, budget)


def _of_tar(path: Path, material: Material, depth: int, budget: UnpackedBudget) -> Iterator[Material]:
    """The files in a tar archive, the parts of a rotated log from the oldest; in its order if it can be read only once
    and is too large to be held."""
    if material.path is not None:
        yield from _members(path, material, material.stream, depth, budget)
        return
    with tempfile.TemporaryFile(prefix="ocpptui-") as file:
        if _copied(material.stream, file, LARGEST_HELD):
            yield from _members(path, material, cast(BinaryIO, file), depth, budget)
        else:
            stream = cast(BinaryIO, _Continued(file, material.stream))
            yield from _members(path, material, stream, depth, budget, once=True)


def _members(
    path: Path, material: Material, stream: BinaryIO, depth: int, budget: UnpackedBudget, *, once: bool = False
) -> Iterator[Material]:
    """The files in a tar archive whose bytes are in this stream; `once` if it cannot go back."""
    try:
        with tarfile.open(fileobj=stream, mode="r|" if once else "r:") as archive:
            entries, damage = (archive, None) if once else _from_the_oldest(archive)
            for entry in entries:
                member = archive.extractfile(entry) if entry.isreg() and not _is_hidden(entry.name) else None
                if member is not None:
                    unread = Sturdy(cast(Decompressed, member), budget)
                    yield from _whole(path, _member(entry.name, unread, material), depth, budget)
            if damage is not None:
                raise damage
    except (tarfile.TarError, EOFError) as error:
        raise UnreadableFile(path, f"this archive cannot be read to its end: {error}") from error


def _from_the_oldest(archive: tarfile.TarFile) -> tuple[list[tarfile.TarInfo], tarfile.TarError | None]:
    """What is in an archive, the parts of a rotated log from the oldest, and what ends it early, if anything does."""
    entries, damage = list[tarfile.TarInfo](), None
    try:
        entries.extend(archive)
    except tarfile.TarError as error:
        damage = error
    return sorted(entries, key=lambda entry: place_in_log(entry.name)), damage


class _Continued:
    """A stream whose beginning is in a file."""

    def __init__(self, begun: IO[bytes], rest: BinaryIO) -> None:
        self._begun = begun
        self._rest = rest

    def read(self, size: int) -> bytes:
        return self._begun.read(size) or self._rest.read(size)


def _of_mail(path: Path, material: Material, depth: int, budget: UnpackedBudget) -> Iterator[Material]:
    """The text and the attachments of a mail (RFC 2045), in its order. Of a text that is there in plain and in HTML,
    the plain one is enough if it has frames."""
    text = _text_of_mail(path, material)
    try:
        parts = list(message_from_bytes(text).walk())
    except RecursionError as error:  # parts within parts, a thousand deep
        raise UnreadableFile(path, "this mail cannot be read: its parts are too deep within each other") from error
    others = [other for part in parts for other in _further_alternatives(part)]
    for number, part in enumerate(parts, 1):
        content = part.get_payload(decode=True)
        if part in others or part.is_multipart() or not isinstance(content, bytes):
            continue
        charset = part.get_content_charset("utf-8")
        if part.get_content_maintype() == "text" and charset not in ("utf-8", "us-ascii"):
            with suppress(LookupError):
                content = content.decode(charset, "replace").encode()
        name = part.get_filename() or f"part {number}"
        yield from _whole(path, _member(name, Sturdy(BytesIO(content), budget), material), depth, budget)


def _text_of_mail(path: Path, material: Material) -> bytes:
    text = material.stream.read(LARGEST_MAIL + 1)
    if len(text) > LARGEST_MAIL:
        reason = f"this mail is larger than {LARGEST_MAIL >> 20} MB; save its attachment, and open that"
        raise UnreadableFile(path, reason)
    return text


def _further_alternatives(part: EmailMessage) -> list[EmailMessage]:
    """The parts that repeat the plain text of a part in several notations (RFC 2046, section 5.1.4)."""
    within = part.get_payload()
    if part.get_content_type() != "multipart/alternative" or not isinstance(within, list):
        return []
    plain, *others = (one for one in within if isinstance(one, EmailMessage))
    content = plain.get_payload(decode=True) if plain.get_content_type() == "text/plain" else None
    has_frames = isinstance(content, bytes) and START.search(content.decode("utf-8", "replace")) is not None
    return others if has_frames else []


def _member(name: str, stream: Sturdy, archive: Material) -> Material:
    return Material(PurePosixPath(name).name, cast(BinaryIO, stream), modified=archive.modified, in_archive=True)


def _copied(stream: BinaryIO, file: IO[bytes], most: int) -> bool:
    """Copy what is in an archive to a file of its own, up to about so many bytes; whether that is all."""
    while block := stream.read(2**20):
        file.write(block)
        most -= len(block)
        if most < 0:
            break
    file.seek(0)
    return most >= 0


def _is_hidden(name: str) -> bool:
    """Whether a member is what a system adds to archives for itself."""
    parts = PurePosixPath(name).parts
    return bool(parts) and (parts[-1].startswith(".") or any(part.startswith(_HIDDEN) for part in parts))
