"""The single lines of the compose screen: what is sent where, whether it is valid, and what was sent before."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from ocpptui.compose.composer import Composer, Purpose
from ocpptui.compose.history import Composition, MessageForm
from ocpptui.describe.safe_text import printable
from ocpptui.jsontext.text import compact
from ocpptui.ocpp.date_times import local_datetime
from ocpptui.ocpp.validation import Violation
from ocpptui.ocpp.version import Direction, Role
from ocpptui.remote_control.question import KnownValue
from ocpptui.timeline.timeline import Timeline


def target_line(composer: Composer, raw: bool) -> Content:
    """What is composed and for which peer; `raw` if it is any text."""
    lead = _LEADS[composer.purpose]
    what = composer.action or ("any text" if raw else "choose an action")
    peer = "the central system" if _is_up(composer) else composer.charge_point or "nobody"
    notes = [f"OCPP {composer.version.as_choice}"] if composer.version is not None else []
    if composer.purpose is Purpose.CALL and composer.action:
        notes += _action_notes(composer)
    if composer.recipient.connection is None:
        notes.append("not connected")
    note = f"   {' · '.join(notes)}" if notes else ""
    return Content.assemble(lead, (printable(what), "bold"), f" → {printable(peer)}", (note, "dim"))


_LEADS = {
    Purpose.CALL: "",
    Purpose.RESULT: "answer to ",
    Purpose.ERROR: "error for ",
    Purpose.CHANGE: "in place of ",
}


def _is_up(composer: Composer) -> bool:
    """Whether the message is for the central system."""
    if composer.answers is None or composer.session.proxy is None:
        return composer.role is Role.CHARGE_POINT
    comes_up = composer.session.timeline.direction(composer.answers) is Direction.TO_CSMS
    return comes_up is (composer.purpose is Purpose.CHANGE)


def _action_notes(composer: Composer) -> list[str]:
    known = composer.recipient.action(composer.action)
    if known is None:
        return ["no such action"]
    if composer.role is None or composer.role.sends in known.directions:
        return [known.block]
    return [known.block, f"sent by the {composer.role.other.words}, not by us"]


def state_line(composer: Composer, raw: bool, armed: bool, here: Sequence[Violation] = ()) -> Content:
    """Whether the payload is valid. `armed`: the next `send` sends it anyway. `here` are the violations of the current
    field, which are shown before all others."""
    problems = composer.problems
    if raw:
        return Content.assemble(("sent exactly as typed", "dim"))
    if armed:
        count = "a violation" if len(problems) == 1 else f"{len(problems)} violations"
        return Content.assemble((f"▲ {count}: F5 again sends it anyway", "bold $text-warning"))
    if problems:
        more = f" (and {len(problems) - 1} more, ^g next)" if len(problems) > 1 else ""
        first = str(here[0]) if here and composer.defect is None else problems[0]
        return Content.assemble((f"✗ {printable(first)}{more}", "$text-error"))
    if composer.violations:
        return Content.assemble((f"! {printable(str(composer.violations[0]))}", "$text-warning"))
    if composer.field is None:
        return Content.assemble(("no schema to check against", "dim"))
    return Content.assemble(("✓ valid", "$text-success"))


def sent_choices(sent: Sequence[Composition], timeline: Timeline) -> list[KnownValue]:
    """The sent compositions to choose from, newest first; the value of a choice is its index in `sent`.

    Those of earlier sessions say the day.
    """
    return [
        KnownValue(
            str(place),
            _flat(one.text if one.form is MessageForm.RAW else compact(one.text)),
            f"{_time(one, timeline)}{one.action or 'raw text'}",
        )
        for place, one in reversed(list(enumerate(sent)))
    ]


def _time(composition: Composition, timeline: Timeline) -> str:
    if composition.index is None:
        moment, form = local_datetime(composition.time), "%Y-%m-%d %H:%M  "
    else:
        moment, form = local_datetime(timeline.time(composition.index)), "%H:%M:%S  "
    return "" if moment is None else moment.strftime(form)


def _flat(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST_NOTE else flat[: _LONGEST_NOTE - 1] + "…"


_LONGEST_NOTE = 200
