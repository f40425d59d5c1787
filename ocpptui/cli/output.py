"""Everything the commands write to standard output and standard error, and the questions they ask.

No text, from any source, can control the terminal: unsafe characters become escapes such as `\\u001b`, also in a file
or a pipe, since what is in them is shown on a terminal sooner or later. `say`, `show` and `show_json` are for the
commands. What goes to standard error is also free of secrets; the records on standard output were masked when they were
recorded. `guard_streams` covers what Python and the libraries write by themselves: tracebacks, warnings, log messages,
help.

Where standard error cannot be written, nobody can be told, and what would be said is dropped.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO, TextIO, cast

from ocpptui.describe.safe_text import single_line


class OutputFailed(OSError):
    """Standard output cannot be written, for another reason than that its reader has ended, such as a full disk."""

    def __str__(self) -> str:
        return f"standard output cannot be written: {self.strerror}"


class Heading(str):
    """A line that a terminal shows in bold."""

    __slots__ = ()


def say(text: str) -> None:
    """Write lines of text to standard error, without the secrets in them."""
    _write(sys.stderr, _without_secrets(text).split("\n"))


def say_secrets_are_kept() -> None:
    """Say that passwords can be seen in the output and in the recording, because that was asked for."""
    say("SECRETS ARE NOT MASKED, because of --keep-secrets")


def show(text: str) -> None:
    """Write lines of text to standard output."""
    _write(sys.stdout, text.split("\n"))


def show_lines(lines: Iterable[str]) -> None:
    """Write lines to standard output; those that are a `Heading` are bold on a terminal."""
    _write(sys.stdout, lines)


def show_sentences(lines: Iterable[str]) -> None:
    """Write lines as `show_lines` does, on a terminal between words: what goes on in the next row is indented."""
    show_lines(_rows(lines) if sys.stdout.isatty() else lines)


def show_json(value: Any, *, indent: int | None = 2) -> None:
    """Write a value as JSON to standard output; unsafe characters become JSON escapes."""
    show(json.dumps(value, ensure_ascii=False, indent=indent))


def ask_password() -> str:
    """A password from the terminal, which does not show it; without one, a line of standard input.

    Raises click.Abort, or click.UsageError if that line is empty.
    """
    import warnings
    from getpass import GetPassWarning

    import click

    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            password: str = click.prompt("Password", hide_input=True, err=True)
        except GetPassWarning:  # no terminal can hide what is typed: a script writes it to standard input
            given = getattr(sys.stdin, "buffer", None)  # None if it is closed
            line = b"" if given is None else given.readline()
            password = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
            if not password:
                raise click.UsageError("the password is empty") from None
    return password


def agrees(question: str) -> bool:
    """Whether the user answers yes."""
    import click

    try:
        return click.confirm(single_line(question), err=True)
    except click.Abort:
        return False


def output_file() -> BinaryIO:
    """Standard output for lines of records and exports, which contain no unsafe characters."""
    return cast(BinaryIO, _OutputFile())


def ring() -> None:
    """Ring the bell of the terminal, if standard error is one."""
    if isinstance(sys.stderr, io.TextIOWrapper) and sys.stderr.isatty():
        io.TextIOWrapper.write(sys.stderr, "\a")
        sys.stderr.flush()


def drop_output() -> None:
    """Discard what standard output still holds: its reader has ended, and exiting would fail to write to it."""
    _drop(sys.stdout)


def finish_output() -> None:
    """Write what standard output still holds, before the interpreter ends and with it the threads that could help."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError, KeyboardInterrupt):  # its reader has ended, it is closed, or it does not read
        with suppress(OSError, ValueError):
            drop_output()


def guard_streams() -> None:
    """Let all text that this process writes, by whatever function, be safe for a terminal."""
    while (file := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass  # it was closed, and the next file to be opened, a recording for example, would be standard output
    os.close(file)
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115  # until the end
    sys.stdout, sys.stderr = guarded(sys.stdout), guarded(sys.stderr, is_for_problems=True)


class _OutputFile(io.RawIOBase):
    """The bytes of standard output. Raises BrokenPipeError if its reader has ended, OutputFailed if it fails."""

    def write(self, data: Any, /) -> int:
        try:
            return sys.stdout.buffer.write(data)
        except OSError as error:
            raise _output_failed(error) from error

    def flush(self) -> None:
        try:
            sys.stdout.buffer.flush()
        except OSError as error:
            raise _output_failed(error) from error

    def fileno(self) -> int:
        return sys.stdout.fileno()


def _output_failed(error: OSError) -> OSError:
    if isinstance(error, BrokenPipeError):
        return error
    drop_output()  # or exiting would try again
    return OutputFailed(error.errno, error.strerror)


def _drop(stream: TextIO) -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)


class _GuardedText(io.TextIOWrapper):
    """A text stream in which unsafe characters, and those that its encoding lacks, are escapes.

    One for problems, which may quote anything, also masks secrets.
    """

    def __init__(self, stream: io.TextIOWrapper, is_for_problems: bool) -> None:
        super().__init__(
            stream.buffer,
            encoding=stream.encoding,
            errors="backslashreplace",
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )
        self._is_for_problems = is_for_problems
        self._original = stream  # it would close the file if it were collected

    def write(self, text: str, /) -> int:
        if text == "":  # click tries out what kind of stream this is, and takes a full disk for an answer
            return 0
        try:
            super().write(_safe(_without_secrets(text) if self._is_for_problems else text))
        except OSError as error:
            self._failed(error)
        return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._failed(error)

    def _failed(self, error: OSError) -> None:
        if not self._is_for_problems:
            raise _output_failed(error) from error
        _drop(self)


def guarded(stream: TextIO | None, *, is_for_problems: bool = False) -> TextIO:
    """A text stream into the same file that lets no unsafe character through and, if it is for problems, no secret.

    Into no file if there is none, as on Windows without a console.
    """
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")
    if not isinstance(stream, io.TextIOWrapper):  # replaced by a test
        return stream
    stream.flush()
    return _GuardedText(stream, is_for_problems)


def _write(stream: TextIO, lines: Iterable[str]) -> None:
    for line in lines:
        safe = single_line(line)
        if isinstance(line, Heading) and isinstance(stream, io.TextIOWrapper) and os.name != "nt" and stream.isatty():
            io.TextIOWrapper.write(stream, f"\x1b[1m{safe}\x1b[0m\n")  # the only escape sequence, and it is our own
        else:
            stream.write(f"{safe}\n")
    stream.flush()


def _rows(lines: Iterable[str]) -> Iterator[str]:
    """Lines in rows of a terminal. A word that is longer than a row is left to the terminal."""
    import shutil
    import textwrap

    width = shutil.get_terminal_size().columns - 1
    for line in lines:
        if isinstance(line, Heading) or len(line) <= width:
            yield line
            continue
        safe = single_line(line)
        indent = " " * ((len(safe) - len(safe.lstrip()) or 2) + 2)
        yield from textwrap.wrap(
            safe, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, tabsize=1
        )


def _without_secrets(text: str) -> str:
    """The text with the secrets in URLs and after their names masked."""
    # Each of them is imported when it is needed, because help and wrong arguments need neither.
    from ocpptui.ocpp.secret_names import may_hold_credentials, may_name_secret
    from ocpptui.ocpp.url_secrets import may_hold_url_secret

    if not (may_name_secret(text) or may_hold_url_secret(text) or may_hold_credentials(text)):
        return text
    from ocpptui.ocpp.secrets import mask_own_text

    return mask_own_text(text)


def _safe(text: str) -> str:
    """The text with its line feeds and tabs, and without any other unsafe character."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "\n".join("\t".join(map(single_line, line.split("\t"))) for line in text.split("\n"))
