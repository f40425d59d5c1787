"""The messages of an extract in another version, as a timeline of their own: for looking, never on the wire."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ocpptui.describe.message_translation import message_translation, translation_notes
from ocpptui.exporting.exported_records import Extract
from ocpptui.jsontext.text import value_text
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.error_codes import code_in_version
from ocpptui.ocpp.json_encoding import JsonEncoding
from ocpptui.ocpp.message import Message, MessageKind
from ocpptui.ocpp.version import Version
from ocpptui.recording.nameless_recording import nameless_recording
from ocpptui.timeline.masking import Masking
from ocpptui.timeline.record import Origin, Record
from ocpptui.timeline.timeline import Timeline
from ocpptui.translation.transaction_numbers import TransactionNumbers

NOTES_TOLD = 20
"""Different notes that are listed."""


class TranslatedTimeline:
    """Every message that the version can say. What was so before stays as it was; all others have the origin
    `translated` and, in their detail, what they come from and what is lost, assumed and missing. The records are in a
    file without a name, until `close`."""

    def __init__(self, extract: Extract, target: Version) -> None:
        self._store = nameless_recording()
        self.timeline = Timeline(self._store)
        self._numbers = TransactionNumbers()
        self.target = target
        self.translated = 0
        self.kept_out: Counter[str] = Counter()
        """How many records have no counterpart, by their action or kind."""
        self.notes: Counter[tuple[str, str]] = Counter()
        """How often each thing was lost, assumed or missing, by its kind and the action with its note."""
        self._extract = extract
        # A secret may have a field in this version that is known to be one, and had none before.
        self._masking = Masking(keeps_secrets=not extract.timeline.masks_when_read)
        for index in extract.indexes:
            record = self._record(index)
            if record is None:
                action = extract.timeline.action(index)
                self.kept_out[action or extract.timeline.kind(index).name] += 1
            else:
                self.timeline.append(self._masking.masked(record))

    def close(self) -> None:
        """Release the file."""
        self._store.close()

    def _record(self, index: int) -> Record | None:
        record = self._extract.entry(index).record
        frame = record.frame
        if not isinstance(frame, Message) or "insteadOf" in record.detail:
            return None
        if record.version is self.target:
            return record
        said = self._refusal(index, frame) if frame.kind is MessageKind.CALLERROR else self._message(index, frame)
        if said is None:
            return None
        self.translated += 1
        text, told = said
        return Record(
            record.time,
            record.connection,
            record.kind,
            record.direction,
            record.charge_point,
            self.target,
            text,
            Origin.TRANSLATED,
            {"translated": {"from": str(record.version), **told}},
        )

    def _message(self, index: int, frame: Message) -> tuple[str, dict[str, object]] | None:
        found = message_translation(self._extract.timeline, index, self.target, self._redacted, self._numbers)
        if found is None:
            return None
        notes: dict[str, list[str]] = {"lost": [], "assumed": [], "missing": []}
        for kind, note in translation_notes(found):
            notes[kind].append(note)
            self.notes[kind, f"{found.action} {_NUMBER.sub('[]', note)}"] += 1
        encoding, payload = JsonEncoding(), value_text(found.payload)
        if frame.kind is MessageKind.CALLRESULT:
            return encoding.result(frame.id, payload), {**notes}
        return encoding.call(frame.id, found.action, payload), {"action": frame.action, **notes}

    def _refusal(self, index: int, frame: Message) -> tuple[str, dict[str, object]] | None:
        """An error of a call that has a counterpart; its code as the other version spells it."""
        call = self._extract.timeline.other_half(index)
        if call is None or message_translation(self._extract.timeline, call, self.target, self._redacted) is None:
            return None
        code = code_in_version(self.target, frame.error_code) or "GenericError"
        lost = [] if code == frame.error_code else [f"errorCode: {frame.error_code} becomes {code}"]
        text = JsonEncoding().error(frame.id, code, frame.error_description, value_text(frame.payload))
        return text, {"lost": lost, "assumed": [], "missing": []}

    def _redacted(self, index: int) -> Record:
        return self._extract.entry(index).record

    def lines(self) -> Iterator[str]:
        """What was translated, what was kept out, and what was lost, in lines for people."""
        translated = counted(self.translated, "message")
        yield f"{translated} translated to OCPP {self.target.as_choice}, for looking: never send them"
        if self.kept_out:
            counts = ", ".join(f"{count} {what}" for what, count in self.kept_out.most_common())
            yield f"kept out, without a counterpart: {counts}"
        for (kind, note), count in self.notes.most_common(NOTES_TOLD):
            yield f"  {count:6} {kind}: {note}"
        if len(self.notes) > NOTES_TOLD:
            yield f"  and {len(self.notes) - NOTES_TOLD} more; each line of a recording has its own in meta.ocpptui"


_NUMBER = re.compile(r"\[\d+\]")
