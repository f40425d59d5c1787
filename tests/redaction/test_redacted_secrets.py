"""Search every string of a redacted recording, in every encoding, for every secret of the original."""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocpptui.exporting import Format
from ocpptui.exporting.exported_records import Extract
from ocpptui.filter.selection import Selection
from ocpptui.ocpp.version import Transport, Version
from ocpptui.recording.line_format import from_line
from ocpptui.redaction.redact import redaction_of
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from ocpptui.timeline.timeline import Timeline
from tests.exporting.extracts import START, event, message, timeline_of
from tests.recording.indexing import index_all
from tests.redaction.secretive import SECRETS, recordings

RECORDINGS = sorted((Path(__file__).parents[2] / "recordings").glob("*.jsonl"))
NAMING = re.compile(
    r'(?:idTag|idToken|parentIdTag|(?:chargePoint|chargeBox|meter)?[sS]erialNumber|iccid|imsi|chargePointId)"\s*:\s*"([^"]+)'
)
"""Names of fields in OCPP, and in a recording, whose text identifies a user or device."""


def strings(value: Any) -> Iterator[str]:
    """Every string of a value, including keys and the text inside JSON, base64 or percent-encoding."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(key)
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif not isinstance(value, str):
        yield str(value)
    else:
        yield value
        yield unquote(value)
        for word in value.split():
            try:
                yield base64.b64decode(word, validate=True).decode("latin-1")
            except (binascii.Error, ValueError):
                continue
        try:
            inner = json.loads(value)
        except ValueError:
            return
        if not isinstance(inner, str | int | float):
            yield from strings(inner)


def every_string(output: bytes) -> str:
    """All strings in lower case, one per line."""
    return "\n".join(string.lower() for line in output.splitlines() for string in strings(json.loads(line)))


def redacted(timeline: Timeline, format_: Format = Format.RECORDING, **options: Any) -> bytes:
    out = io.BytesIO()
    format_.exporter(Extract(Selection(timeline), redaction_of(timeline, **options)), out)
    return out.getvalue()


def exported(timeline: Timeline, format_: Format = Format.RECORDING) -> bytes:
    out = io.BytesIO()
    format_.exporter(Extract(Selection(timeline)), out)
    return out.getvalue()


def test_every_secret_is_in_one_of_the_originals() -> None:
    """The search would miss a secret that the redacted file contains."""
    found = "\n".join(every_string(exported(timeline_of(records))) for records in recordings().values())
    assert [secret for secret in SECRETS if secret.lower() not in found] == []


@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
@pytest.mark.parametrize("vendor", [False, True])
def test_no_string_of_the_redacted_recording_contains_a_secret(version: Version, vendor: bool) -> None:
    """The user would mail around someone's token, name, address or key."""
    found = every_string(redacted(timeline_of(recordings()[version]), vendor=vendor))
    assert [secret for secret in SECRETS if secret.lower() in found] == []


def test_a_secret_number_becomes_another_number() -> None:
    """The PIN of a SIM is an integer in OCPP, and must stay one."""
    output = redacted(timeline_of(recordings()[Version.V201])).decode()
    (pin,) = re.findall(r'simPin\\": (\d+)', output)
    assert pin != "8642"


@pytest.mark.parametrize("format_", [format_ for format_ in Format if format_ is not Format.RECORDING])
def test_no_other_format_contains_a_secret_either(format_: Format) -> None:
    """Sentences about defects quote the message."""
    for records in recordings().values():
        output = redacted(timeline_of(records), format_).decode().lower()
        assert [secret for secret in SECRETS if secret.lower() in output] == []


@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
def test_valid_and_answered_messages_stay_so(version: Version) -> None:
    """A redacted recording would hide the problem that it is shared for, or show another."""
    before = timeline_of(recordings()[version])
    records = [from_line(line) for line in redacted(before).splitlines()]
    after = timeline_of(record for record in records if isinstance(record, Record))
    assert len(after) == len(before)
    # What a rule says of a password or of signed meter values cannot be said of a pseudonym.
    assert after.counts._replace(problems=before.counts.problems) == before.counts
    assert bytes(after.verdicts) == bytes(before.verdicts)
    assert list(after.others) == list(before.others)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_no_string_of_a_redacted_example_contains_a_name_of_the_original(path: Path) -> None:
    timeline = Timeline()
    indexer = index_all(path, timeline)
    before, after = every_string(exported(timeline)), every_string(redacted(timeline))
    indexer.close()
    names = {name.lower() for line in before.splitlines() for name in NAMING.findall(line)}
    names |= {name.lower() for name in timeline.charge_points() if name}
    assert names
    assert [name for name in sorted(names) if name in after] == []


def test_a_pseudonym_is_constant_within_a_file_and_differs_between_files() -> None:
    """A reader of two files, or one who knows the token, would identify it."""
    one, other = (redacted(timeline_of(recordings()[Version.V16])) for _ in range(2))
    tags = [re.findall(rb'Authorize\\",\s*{\\"idTag\\":\s*\\"([^\\"]+)', output) for output in (one, other)]
    starts = [re.findall(rb'StartTransaction\\", {[^}]*idTag\\": \\"([^\\"]+)', output) for output in (one, other)]
    assert tags[0][0] == starts[0][0]
    assert tags[1][0] == starts[1][0]
    assert tags[0][0] != tags[1][0]
    assert len(tags[0][0]) == len("0487AB12CD34EF")


TOKENS = st.text(st.sampled_from('ABCxyz019-_*:./é "\\\\%&<=üß'), min_size=8, max_size=20).filter(
    lambda token: sum(map(str.isalnum, token)) > 5 and token == token.strip()
)


@given(TOKENS)
@example("DE*ACM/C01 ü")
@example('a"b\\c<d>efgh')
def test_a_token_of_any_characters_is_found_wherever_it_occurs(token: str) -> None:
    """In a field, free text, escapes, JSON within JSON, a malformed frame, a URL, a note."""
    inner = json.dumps({"card": token})
    records = [
        message(json.dumps([2, "1", "Authorize", {"idTag": token}])),
        message(json.dumps([2, "2", "Authorize", {"idTag": token.upper()}], ensure_ascii=False)),
        message(json.dumps([2, "3", "StatusNotification", {"info": f"card {token} refused"}])),
        message(json.dumps([2, "4", "DataTransfer", {"vendorId": "V", "data": inner}])),
        message(json.dumps([2, "5", "StatusNotification", {"info": token}])[:-3]),
        event(ConnectionEvent.FAILED, url=f"ws://localhost/{quote(token, safe='')}", error=f"no {token} here"),
        Record(START, 0, RecordKind.NOTE, detail={"text": f"it was {token}, I think"}),
    ]
    found = every_string(redacted(timeline_of(records)))
    assert token.lower() not in found
    assert json.dumps(token)[1:-1].lower() not in found
