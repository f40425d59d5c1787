"""What a peer wrote can act in no format: not as a formula, a tag, a command, a mark-up or a control character."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.describe.markdown_cell import code, escaped_cell
from ocpptui.describe.page_layout import TEXT
from ocpptui.describe.table_layout import CSV_COLUMNS
from ocpptui.exporting import Format
from ocpptui.jsontext.unsafe_characters import UNSAFE
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from tests.exporting.extracts import HOSTILE, START, event, export, extract_of, message
from tests.recording.records import RECORDS


def hostile_records(text: str) -> list[Record]:
    """The text wherever a peer can put it."""
    quoted = json.dumps(text)
    return [
        message(f"[2,{quoted},{quoted},{{{quoted}:{quoted}}}]", charge_point=text),
        message(f"[4,{quoted},{quoted},{quoted},{{}}]", charge_point=text),
        message(text),
        message(text.encode("utf-8", "replace") + b"\xff"),
        event(ConnectionEvent.CLOSED, closeReason=text, url=text, requestHeaders=[text]),
        Record(START, 0, RecordKind.NOTE, detail={"text": text}),
    ]


ALL_HOSTILE = [record for text in HOSTILE for record in hostile_records(text)]


class Tags(HTMLParser):
    """The tags and attributes of a page, and the content of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "script":
            self.scripts[-1] += data


def page_of(records: list[Record]) -> str:
    return export(Format.HTML, records)[0].decode()


@given(st.lists(st.one_of(RECORDS, st.sampled_from(ALL_HOSTILE)), min_size=1, max_size=4))
def test_no_text_makes_a_tag_and_the_page_holds_every_text(records: list[Record]) -> None:
    """The page has one element of data that reads as JSON, one script, and no element that a record brought."""
    found = Tags(page_of(records))
    assert found.tags.count("script") == 2
    assert found.tags.count("style") == found.tags.count("form") == found.tags.count("main") == 1
    assert found.tags.count("details") <= 1
    assert not {"img", "a", "iframe", "link", "object", "base"} & set(found.tags)
    assert not any(name.startswith("on") or name in ("src", "href", "style") for name in found.attributes)
    expected = [entry.text for entry in extract_of(records)]
    assert [values[TEXT] for values in json.loads(found.scripts[0])] == expected


def test_the_page_needs_nothing_else_and_lets_nothing_else_run() -> None:
    page = page_of(ALL_HOSTILE)
    head = page[: page.index("<body>")]
    assert "default-src 'none'" in head
    policy = dict(re.findall(r"(script|style)-src 'sha256-([A-Za-z0-9+/]{43}=)'", head))
    for name, text in (("style", page.split("<style>")[1]), ("script", page.rsplit("<script>", 1)[1])):
        inside = text.split(f"</{name}>")[0]
        assert base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode() == policy[name]
    assert "url(" not in head
    assert "@import" not in head


def test_a_row_of_the_csv_is_a_line_and_no_cell_a_formula() -> None:
    output = export(Format.CSV, ALL_HOSTILE)[0].decode()
    rows = list(csv.reader(io.StringIO(output, newline="")))
    assert len(rows) == len(output.splitlines()) == 1 + len(ALL_HOSTILE)
    for row in rows:
        assert len(row) == len(CSV_COLUMNS)
        assert not any(cell.lstrip()[:1] in ("=", "+", "-", "@", "|", "%") for cell in row if cell)
    assert "'=HYPERLINK" in output


@pytest.mark.parametrize("format_", Format)
@given(records=st.lists(st.one_of(RECORDS, st.sampled_from(ALL_HOSTILE)), max_size=4))
def test_no_control_character_comes_out(format_: Format, records: list[Record]) -> None:
    """`cat` of an export cannot take over the terminal; readable text contains no hidden change of direction."""
    output = export(format_, records)[0].decode()
    text = output.replace("\r\n" if format_ is Format.CSV else "\n", "")
    assert UNSAFE.search(text) is None


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "|", "%"])
@pytest.mark.parametrize("before", ["", " ", "\u3000", "\xa0 "])
def test_no_cell_begins_with_a_sign_of_any_width(sign: str, before: str) -> None:
    """A spreadsheet for Chinese reads the sign of full width like that of ASCII."""
    signs = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.normalize("NFKC", chr(code)) == sign]
    assert len(signs) > 1
    notes = [Record(START, 0, RecordKind.NOTE, detail={"text": f"{before}{one}1+1"}) for one in signs]
    rows = list(csv.reader(io.StringIO(export(Format.CSV, notes)[0].decode(), newline="")))
    assert [row[CSV_COLUMNS.index("text")] for row in rows[1:]] == [f"'{before}{one}1+1" for one in signs]


CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
"""A code span of CommonMark (0.31.2, section 6.1), in which nothing means anything."""


@given(st.text())
def test_code_in_the_report_is_one_span_or_escaped(text: str) -> None:
    """Backticks in a text do not end the span that contains it."""
    written = code(text)
    assert CODE.fullmatch(written) or not set("<>[]*_`|\\&") & set(re.sub(r"&#\d+;", "", written))
    assert "|" not in written


def test_a_table_of_the_report_keeps_its_form() -> None:
    """No text ends its cell, begins a line or is rendered as anything but itself."""
    output = export(Format.MARKDOWN, ALL_HOSTILE)[0].decode()
    rows = output.partition("## Records")[2].splitlines()
    assert len([row for row in rows if row]) == 2 + len(ALL_HOSTILE)
    assert all(row.count("|") == 14 for row in rows if row)
    assert not re.search(r"[<>`\[\]*_]", CODE.sub("", output.partition("## Records")[2]))


@given(st.text())
def test_markdown_is_escaped_without_loss_or_effect(text: str) -> None:
    written = re.sub(r"&#\d+;", "", escaped_cell(text))
    assert not set("<>[]*_`|#!~@\\&\n\r") & set(written)
    assert not re.search(r":(?!\s|$)|//", written), "a link, or an emoji"


def test_the_script_runs_only_its_commands(tmp_path: Path) -> None:
    """A shell that runs the script calls `ocpptui send` with each text as it was, and nothing else."""
    records = [record for text in HOSTILE for record in hostile_records(text)[:1] if UNSAFE.search(text) is None]
    acting = [text for text in HOSTILE if UNSAFE.search(text)]
    keys = [json.dumps(text, ensure_ascii=False) for text in acting if "\ud800" not in text] + ['"\x7f"']
    records += [message(f'[2,"i","Heartbeat",{{{key}:\t"\x9b",\r\n"b":"\u202e"}}]') for key in keys]
    output, exported = export(Format.SEND, records)
    program = tmp_path / "bin" / "ocpptui"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf "%s\\0" "$@" >> "$LOG"\ncat >> "$LOG"; printf "\\0" >> "$LOG"\n')
    program.chmod(0o755)
    script = tmp_path / "calls.sh"
    script.write_bytes(output)
    log = tmp_path / "log"
    environment = {"PATH": f"{program.parent}:/usr/bin:/bin", "LOG": str(log)}
    subprocess.run(["sh", str(script), "ws://127.0.0.1:1/"], cwd=tmp_path, env=environment, check=True, timeout=100)
    words = log.read_bytes().split(b"\0")
    assert exported.written == len(records) == words.count(b"send")
    assert sorted(os.listdir(tmp_path)) == ["bin", "calls.sh", "log"]
    payloads = [json.loads(word) for word in words if word.startswith(b"{")]
    assert payloads == [json.loads(str(record.raw))[3] for record in records]


def test_the_archive_is_json_with_every_message() -> None:
    output, exported = export(Format.HAR, [event(ConnectionEvent.OPENED, url="ws://h/CP001"), *ALL_HOSTILE])
    entries = json.loads(output)["log"]["entries"]
    messages = [one for entry in entries for one in entry["_webSocketMessages"]]
    assert len(messages) == sum(record.raw is not None for record in ALL_HOSTILE)
    assert exported.written == len(ALL_HOSTILE) + 1
