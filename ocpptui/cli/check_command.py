"""`ocpptui check FILE…`: what is wrong in recordings and logs, and why."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocpptui.cli.configured_limits import configured_limits
from ocpptui.cli.exit_codes import ExitCode
from ocpptui.cli.importing_options import import_options, import_options_of, merge_options, tell
from ocpptui.cli.load_files import AT_ONCE
from ocpptui.cli.output import Heading, drop_output, say, say_secrets_are_kept, show_json, show_lines, show_sentences

if TYPE_CHECKING:
    from ocpptui.exporting.check_report import CheckReport, Choice
    from ocpptui.session.file_session import FileSession

FORMATS = ("text", "json", "junit", "sarif", "html", "markdown")
SEVERITIES = ("error", "warning", "info")


@click.command("check")
@click.argument("files", nargs=-1, metavar="FILE…", type=click.Path(path_type=Path, allow_dash=True))
@import_options
@merge_options
@click.option(
    "--format", "wanted", type=click.Choice(FORMATS), default="text", show_default=True, help="Of the report."
)
@click.option(
    "--only", multiple=True, metavar="RULE", help="Only this rule, or rules: boot.*, for example. Repeatable."
)
@click.option("--skip", multiple=True, metavar="RULE", help="Without this rule, or rules. Repeatable.")
@click.option(
    "--severity", type=click.Choice(SEVERITIES), default="info", show_default=True, help="The lowest that is reported."
)
@click.option("--charge-point", "charge_points", multiple=True, metavar="ID", help="Only this one. Repeatable.")
@click.option(
    "--fail-on",
    type=click.Choice((*SEVERITIES, "never")),
    default="error",
    show_default=True,
    help="The lowest severity with exit code 1.",
)
@click.option("--limits", is_flag=True, help="Explain the charging limits instead, as `ocpptui limits` does.")
@click.option("--follow", is_flag=True, help="Keep reading as the file grows; findings as they come.")
@click.option(
    "--rules", is_flag=False, flag_value="*", metavar="[RULE]", help="List the rules, or explain those that match RULE."
)
def command(
    files: tuple[Path, ...],
    wanted: str,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    severity: str,
    charge_points: tuple[str, ...],
    fail_on: str,
    limits: bool,
    follow: bool,
    rules: str | None,
    **given: Any,
) -> None:
    """Check recordings, and logs and captures of other tools, for what is wrong: a summary, then each finding with its
    reason, its source in the specification and what to do about it. FILE - is standard input.

    Reports for people count records from 1, like lines. In JSON, and in the properties of SARIF, `record` is the index
    of the record, from 0, as in all JSON and SQL of ocpptui.

    What cannot be judged is not called right: the report says what was not checked, and why. The configuration that the
    messages show sets the limits; [check] in the configuration file sets others.

    Exit codes: 0 nothing of --fail-on was found, 1 something was, 2 a file could not be read, or nothing
    could be checked.

    \b
    Examples:
      ocpptui check session.jsonl
      ocpptui check central-system.log --severity warning --charge-point CP001
      ocpptui check session.jsonl --format junit --fail-on warning
      ocpptui check --rules boot.retry-early
    """
    choice = _choice(only, skip, severity, charge_points)
    if rules is not None:
        _show_rules(rules, as_json=wanted == "json")
        return
    if not files:
        raise click.UsageError("name a FILE to check, or list the rules with --rules")
    if follow and wanted not in ("text", "json"):
        raise click.UsageError("--follow needs the format text or json")
    if limits and (follow or wanted not in ("text", "json")):
        raise click.UsageError("--limits needs the format text or json, and files that do not grow")
    opening = _opened(files, {**given, "follow": follow})
    if given["keep_secrets"]:
        say_secrets_are_kept()
    if limits:
        from ocpptui.cli.limits_command import explain_limits

        explain_limits(opening, charge_points, as_json=wanted == "json", everything=given["show_skipped"])
        return
    sys.exit(_check(opening, choice, wanted, fail_on, follow, given["show_skipped"]))


def _choice(only: Sequence[str], skip: Sequence[str], severity: str, charge_points: Sequence[str]) -> Choice:
    """Raises click.UsageError for a rule that does not exist."""
    from ocpptui.exporting.check_report import Choice
    from ocpptui.timeline.severity import Severity

    chosen = {rule for pattern in only for rule in _matching(pattern, "--only")} if only else set(_matching("*", ""))
    left_out = {rule for pattern in skip for rule in _matching(pattern, "--skip")}
    return Choice(frozenset(chosen - left_out), Severity[severity.upper()], frozenset(charge_points))


def _matching(pattern: str, option: str) -> list[str]:
    from ocpptui.diagnosis.rule_patterns import rules_matching

    try:
        return rules_matching(pattern)
    except ValueError as error:
        raise click.UsageError(f"{option} {error}") from None


def _show_rules(pattern: str, *, as_json: bool) -> None:
    from ocpptui.diagnosis.registry import RULE_BY_ID
    from ocpptui.exporting.rule_listing import rule_fields, rule_in_full, rule_listing

    rules = [RULE_BY_ID[rule] for rule in _matching(pattern, "--rules")]
    if as_json:
        show_json([rule_fields(rule) for rule in rules])
    elif pattern == "*":
        show_sentences(rule_listing(rules))
    else:
        for place, rule in enumerate(rules):
            head, *rest = rule_in_full(rule)
            show_sentences([*([""] if place else []), Heading(head), *rest])


def _opened(files: Sequence[Path], given: dict[str, Any]) -> FileSession:
    from ocpptui.recording.file_errors import RecordingError
    from ocpptui.session.file_session import FileSession

    try:
        opening = FileSession(files, import_options_of(given, files), keep_secrets=given["keep_secrets"])
    except RecordingError as error:
        raise click.UsageError(str(error)) from None
    opening.session.diagnosis.limits = configured_limits()
    return opening


def _check(opening: FileSession, choice: Choice, wanted: str, fail_on: str, follow: bool, everything: bool) -> ExitCode:
    from ocpptui.exporting.check_formats import CheckFormat, text_summary
    from ocpptui.exporting.check_report import CheckReport, CheckVerdict
    from ocpptui.timeline.severity import Severity

    name = opening.name
    report = CheckReport(opening.session.timeline, choice, name, place_of=opening.place_of)
    try:
        if follow:
            with suppress(KeyboardInterrupt):
                for lines in _as_they_come(opening, report, as_json=wanted == "json"):
                    (show_lines if wanted == "json" else show_sentences)(lines)
        else:
            opening.read_whole()
        helpers = opening.session.diagnosis.helpers
        report = CheckReport(opening.session.timeline, choice, name, opening.unread, opening.place_of, helpers)
        if not follow:
            (show_sentences if wanted == "text" else show_lines)(CheckFormat(wanted).lines(report))
        elif wanted == "text":
            show_sentences(["", *text_summary(report)])
        else:
            say(report.verdict_sentence)
    except BrokenPipeError:
        with suppress(OSError):
            drop_output()
        return ExitCode.DONE
    finally:
        asyncio.run(opening.close())
    tell(opening, everything=everything)
    if opening.failures or report.verdict is CheckVerdict.NOT_CHECKED:
        return ExitCode.USAGE
    is_found = fail_on != "never" and report.worst >= Severity[fail_on.upper()]
    return ExitCode.FOUND if is_found else ExitCode.DONE


def _as_they_come(opening: FileSession, report: CheckReport, *, as_json: bool) -> Iterator[list[str]]:
    """The lines of new findings while the files grow, each finding once."""
    import json

    from ocpptui.exporting.check_formats import finding_lines

    timeline, seen, said = opening.session.timeline, 0, set[tuple[int, str, str]]()
    is_finished = False
    while not is_finished:
        is_finished = opening.advance(AT_ONCE)
        opening.find_secrets(AT_ONCE)
        lines: list[str] = []
        for index in sorted(set(timeline.revised[seen:])):
            for finding in report.findings_of(index):
                key = (index, finding.rule, finding.text)
                if key not in said:
                    said.add(key)
                    as_line = json.dumps(finding.to_dict(), ensure_ascii=False)
                    lines += [as_line] if as_json else [*finding_lines(finding), ""]
        seen = len(timeline.revised)
        if lines:
            yield lines
        if opening.idle and not is_finished:
            opening.pause()
