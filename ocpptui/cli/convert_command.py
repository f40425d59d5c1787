"""`ocpptui convert IN OUT`: a recording in another format, filtered and redacted on request."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.importing_options import import_options, import_options_of, tell
from ocpptui.cli.load_files import AT_ONCE
from ocpptui.cli.options import VersionType
from ocpptui.cli.output import drop_output, output_file, say, say_secrets_are_kept
from ocpptui.exporting import Format, format_of
from ocpptui.jsontext.path import field_names

if TYPE_CHECKING:
    from ocpptui.exporting.exported_records import Exported, Extract
    from ocpptui.exporting.translated_timeline import TranslatedTimeline
    from ocpptui.filter.query import Query
    from ocpptui.filter.selection import Selection
    from ocpptui.importing.reader import ImportOptions
    from ocpptui.ocpp.version import Version
    from ocpptui.redaction.redact import Redaction
    from ocpptui.session.file_session import FileSession
    from ocpptui.timeline.timeline import Timeline


@click.command("convert")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path, allow_dash=True))
@import_options
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--to",
    "wanted",
    type=click.Choice([known.value for known in Format]),
    help="Format of OUT [default: by its extension].",
)
@click.option("--filter", "expression", default="", metavar="EXPR", help="Only records that match this filter.")
@click.option(
    "--charge-point",
    metavar="ID",
    help="Only the charge point with this id; if the file names none, it is that of all records.",
)
@click.option("--since", metavar="TIME", help="Only from this time on: 10:00, 2026-11-22T10:00Z.")
@click.option("--until", metavar="TIME", help="Only before this time.")
@click.option(
    "--as",
    "version",
    type=VersionType(any_version=True),
    help="Translate every message to this OCPP version, for looking; what cannot be said in it is kept out.",
)
@click.option("--redact", is_flag=True, help="Replace confidential values by pseudonyms.")
@click.option("--redact-vendor", is_flag=True, help="The same, including all data of DataTransfer and customData.")
@click.option("--redact-texts", is_flag=True, help="The same, including messages to people and texts about them.")
@click.option("--keep", multiple=True, metavar="PATH", help="Do not replace the values at this path, such as idTag.")
@click.option("--force", is_flag=True, help="Overwrite OUT.")
def command(
    source: Path,
    target: Path,
    wanted: str | None,
    expression: str,
    charge_point: str | None,
    since: str | None,
    until: str | None,
    version: Version | None,
    redact: bool,
    redact_vendor: bool,
    redact_texts: bool,
    keep: tuple[str, ...],
    force: bool,
    **given: Any,
) -> None:
    """Write IN, a recording or a capture of another tool, to OUT: in another format, in part, or redacted for sharing.
    Both may be - for standard input and output.

    \b
    Formats and their extensions:
      recording .jsonl      all of it            open-ocpp-trace       OCPP messages, for other tools
      html .html .htm       a web page           markdown .md          a report for an issue
      csv .csv              for a spreadsheet    text .txt .log        one line per record
      har .har              for web debuggers    send .sh              `ocpptui send` commands

    --redact replaces tokens, serial numbers, charge point ids, SIM numbers, host names, addresses, people, cars, cards,
    telephone numbers, keys and certificates, each by the same pseudonym throughout the file; the key of the pseudonyms
    is discarded. Passwords become ***. Standard error lists what was replaced, and what may still identify someone.
    Read the result before you share it: --redact finds values in fields with telling names, values of a telling shape,
    and all of these wherever else they occur in IN.

    --as 2.0.1 shows what each message would be in that version, for those who migrate. What has no faithful mapping is
    kept out and counted. Standard error lists what was lost, what was assumed and what is missing, and meta.ocpptui of
    each line of a recording has it too. No command sends a translated message.

    Exit codes: 0 done, 1 a part of IN could not be read, 2 IN cannot be read or OUT cannot be written.
    """
    chosen = Format(wanted) if wanted else format_of(target)
    if chosen is None:
        raise click.UsageError(f"the name {str(target)!r} does not indicate the format; give it with --to")
    redacted = redact or redact_vendor or redact_texts
    if keep and not redacted:
        raise click.UsageError("--keep needs --redact: it names what --redact leaves unchanged")
    if not all(field_names(path.strip()) for path in keep):
        raise click.UsageError("--keep needs a path such as idTag or $.idTag")
    if version is not None and chosen is Format.SEND:
        raise click.UsageError("--as is for looking: a translated message is never sent")
    query = _query(expression, since, until)
    _refuse_target(source, target, force)
    opening = _opened_for(charge_point, source, import_options_of(given), given["keep_secrets"])
    if given["keep_secrets"]:
        say_secrets_are_kept()
    make = partial(_redaction, keep=keep, vendor=redact_vendor, texts=redact_texts) if redacted else None
    sys.exit(_convert(opening, target, chosen, query, charge_point, make, version, given["show_skipped"]))


def _opened(source: Path, choices: ImportOptions | None, keep_secrets: bool) -> FileSession:
    from ocpptui.recording.file_errors import RecordingError
    from ocpptui.session.file_session import FileSession

    try:
        return FileSession([source], choices, keep_secrets=keep_secrets)
    except RecordingError as error:
        raise click.UsageError(str(error)) from None


def _opened_for(
    charge_point: str | None, source: Path, choices: ImportOptions | None, keep_secrets: bool
) -> FileSession:
    """The file, wholly read. If it names nobody, all its records are of this charge point.

    Raises click.UsageError if the file names others, or names nobody and cannot be read again.
    """
    from ocpptui.importing.reader import ImportOptions
    from ocpptui.runtime.standard_input import STANDARD_INPUT

    opening = _opened(source, choices, keep_secrets)
    opening.read_whole()
    names = opening.session.timeline.charge_points()
    if charge_point is None or charge_point in names or not len(opening.session.timeline):
        return opening
    asyncio.run(opening.close())
    if names:
        raise click.UsageError(f"--charge-point {charge_point}: the file has {', '.join(names)}")
    if source == STANDARD_INPUT or source.is_fifo():
        raise click.UsageError(
            f"--charge-point {charge_point}: the input names no charge point, and a pipe can be read only once; "
            "save it in a file first"
        )
    opening = _opened(source, replace(choices or ImportOptions(), charge_point=charge_point), keep_secrets)
    opening.read_whole()
    return opening


def _convert(
    opening: FileSession,
    target: Path,
    chosen: Format,
    query: Query,
    charge_point: str | None,
    redaction_for: Callable[[Timeline], Redaction] | None,
    version: Version | None,
    everything: bool,
) -> ExitCode:
    from ocpptui.exporting.exported_records import Extract
    from ocpptui.filter.selection import Selection

    translated: TranslatedTimeline | None = None
    try:
        timeline = opening.session.timeline
        if opening.failures and not len(timeline):
            raise click.UsageError("; ".join(opening.failures))
        selection = Selection(timeline, query, charge_point)
        while not selection.advance(AT_ONCE):
            pass
        redaction = None if redaction_for is None else redaction_for(timeline)
        extract = Extract(selection, redaction)
        if version is not None:
            translated = _translated(extract, version)
            selection = Selection(translated.timeline)
            while not selection.advance(AT_ONCE):
                pass
            extract = Extract(selection)
        with _output(target) as out:
            exported = chosen.exporter(extract, out)
            out.flush()
        tell(opening, everything=everything)
        for line in translated.lines() if translated is not None else ():
            say(line)
        _tell(selection, exported, redaction, chosen)
    except BrokenPipeError:
        with suppress(OSError):
            drop_output()
        return ExitCode.DONE
    except OSError as error:
        say(f"{target}: {error.strerror or error}")
        return ExitCode.USAGE
    finally:
        if translated is not None:
            translated.close()
        asyncio.run(opening.close())
    if opening.failures:
        return ExitCode.USAGE
    return ExitCode.FOUND if opening.unreadable else ExitCode.DONE


def _translated(extract: Extract, version: Version) -> TranslatedTimeline:
    from ocpptui.exporting.translated_timeline import TranslatedTimeline

    return TranslatedTimeline(extract, version)


def _redaction(timeline: Timeline, *, keep: tuple[str, ...], vendor: bool, texts: bool) -> Redaction:
    from ocpptui.redaction.redact import redaction_of

    return redaction_of(timeline, keep=keep, vendor=vendor, texts=texts)


def _query(expression: str, since: str | None, until: str | None) -> Query:
    """The filter including the time range. Raises click.UsageError."""
    from ocpptui.filter.query import QueryError, parse_filter

    terms = []
    for option, name, term in (
        ("--filter", "", expression),
        ("--since", "after ", f'after:"{since}"' if since is not None else ""),
        ("--until", "before ", f'before:"{until}"' if until is not None else ""),
    ):
        try:
            parse_filter(term)
        except QueryError as error:
            raise click.UsageError(f"{option}: {error.message.removeprefix(name)}") from None
        if term.strip():
            terms.append(f"({term})")
    return parse_filter(" ".join(terms))


def _refuse_target(source: Path, target: Path, force: bool) -> None:
    """Raises click.UsageError if OUT must not be written."""
    if str(target) == "-":
        return
    with suppress(OSError):
        if target.samefile(source):
            raise click.UsageError("OUT and IN are the same file; a recording cannot be changed in place")
    if target.exists() and not force:
        raise click.UsageError(f"{target} exists; use --force to overwrite it")


@contextmanager
def _output(target: Path) -> Iterator[BinaryIO]:
    """Standard output, or a file that appears only when complete. Raises OSError."""
    from ocpptui.exporting.whole_file import whole_file

    if str(target) == "-":
        yield output_file()
        return
    with whole_file(target) as out:
        yield out


def _tell(selection: Selection, exported: Exported, redaction: Redaction | None, chosen: Format) -> None:
    from ocpptui.exporting.export_summary import replaced_lines, written_lines

    for line in replaced_lines(redaction) if redaction is not None else ():
        say(line)
    for line in written_lines(exported, len(selection), len(selection.timeline), chosen):
        say(line)
