"""Every row and every pane shows any text of a peer as text, safe for a terminal, and fast."""

from __future__ import annotations

import pytest

from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import ConnectionEvent
from ocpptui.tui.widgets import inspector
from tests.kit.driver import SIZES
from tests.kit.session_view import screen_over
from tests.kit.talk import Talk

TEXTS = (
    "[red]x[/red]",
    "[/]",
    r"\u001b[2J",
    r"\u0000nul",
    r"\u202eevil",
    r"\ud800",
    r"a\tb\nc",
    r"\u2028\ufeff\u200b",
    "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
    "é" * 30,
    "👨‍👩‍👧 flag 🇩🇪",
)
"""What stands in a payload."""


def hostile() -> Talk:
    """A conversation with messages that a faulty or hostile peer may send."""
    talk = Talk()
    for text in TEXTS:
        call = talk.call("DataTransfer", f'{{"vendorId":"{text}","data":"{text}"}}')
        talk.answer(call, f'{{"status":"{text}"}}')
    talk.call(r"[red]Act[/red]\u001b[2J", message_id=r"[b]\u0007")
    talk.raw('[2,"\x1b]0;title\x07","\x9b31m",{}]')
    talk.raw(b'[2,"x","\xff\xfe\x1b[0m",{}]')
    talk.raw('[4,"nope","[red]Err\x1b","words[/]\u202e",{"a":"\u0007"}]', Direction.TO_CHARGE_POINT)
    talk.raw("[" * 100_000)
    talk.raw("\x00" * 1000)
    talk.raw("")
    talk.call("BootNotification", charge_point="[red]CP\x1b[2J\u202e", connection=2)
    talk.happened(
        ConnectionEvent.FAILED, error="[red]no\x1b[2J\u202e", url="ws://\x9b/[b]", responseHeaders={"[i]\x1b": "\x07"}
    )
    talk.session.add_note("[b]note\x1b[31m\nsecond\u202e line")
    return talk


def assert_fit(text: str) -> None:
    """Check that the text contains nothing that a terminal obeys."""
    harmful = {character for character in text.replace("\n", "") if not character.isprintable()}
    assert not harmful, f"{harmful} in\n{text}"


@pytest.mark.parametrize("size", SIZES)
async def test_every_hostile_record_can_be_shown(size: tuple[int, int]) -> None:
    """One message would end the program, set the title of the terminal or clear its screen."""
    async with screen_over(hostile().session, size) as screen:
        await screen.press("g", "enter")
        for index in range(len(screen.log.timeline)):
            screen.log.select(index)
            await screen.until(lambda index=index: screen.inspector.index == index)  # type: ignore[misc]
            assert_fit(screen.text())
            screen.inspector.action_last()
            await screen.pilot.pause()
            assert_fit(screen.text())


@pytest.mark.parametrize("size", SIZES)
async def test_markup_is_shown_as_text(size: tuple[int, int]) -> None:
    """Part of a message would be missing, and the rest red."""
    talk = Talk()
    call = talk.call("DataTransfer", '{"vendorId":"[red]x[/red]","data":"[/]"}', charge_point="[b]CP[/b]")
    async with screen_over(talk.session, size) as screen:
        assert "[red]x[/red]" in screen.rows()[call]
        await screen.press("enter")
        await screen.until(lambda: '"vendorId": "[red]x[/red]"' in screen.text())
        assert "[b]CP[/b]" in screen.text()
        screen.log.narrow(charge_point="[b]CP[/b]")
        await screen.press("escape", "f3")
        await screen.until(lambda: "[b]CP[/b]" in screen.text())
        assert_fit(screen.text())


async def test_a_hostile_charge_point_id_does_no_harm() -> None:
    """A charge point could choose an id that breaks its list, the state panel or the status line."""
    async with screen_over(hostile().session, (200, 60)) as screen:
        screen.session_screen.query_one("#charge_points").focus()
        await screen.press("end", "enter")
        await screen.until(lambda: "only [red]CP␛[2J" in screen.said())
        assert "[red]CP␛[2J" in screen.text()
        assert_fit(screen.text())


async def test_columns_stay_aligned_with_any_content() -> None:
    """Wide characters would push the next columns to the right and wrap the row."""
    async with screen_over(hostile().session) as screen:
        log = screen.log
        for index in range(len(log.timeline)):
            log.select(index)
            line = log.render_line(log.line_of(index) - log.scroll_offset.y)
            assert line.cell_length == log.scrollable_content_region.width, line.text


def several_megabytes() -> list[str]:
    long = "漢x" * 1_000_000
    samples = ",".join(
        f'{{"timestamp":"2026-11-22T10:00:00Z","sampledValue":[{{"value":"{n}"}}]}}' for n in range(50_000)
    )
    return [
        f'[2,"one-string","DataTransfer",{{"vendorId":"v","data":"{long}"}}]',
        f'[2,"many-items","MeterValues",{{"connectorId":1,"meterValue":[{samples}]}}]',
        f"[2,{long}",
        "\n" * 3_000_000,
    ]


@pytest.mark.parametrize("raw", several_megabytes(), ids=["one string", "many items", "malformed", "line ends"])
async def test_only_the_visible_part_of_a_huge_message_is_highlighted(
    raw: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen would freeze at every key while showing such a message."""
    coloured: list[str] = []

    def counted(line: str) -> list[tuple[str, str]]:
        coloured.append(line)
        return [("text", line)]

    monkeypatch.setattr(inspector, "json_parts", counted)
    talk = Talk()
    talk.exchange()
    talk.raw(raw)
    async with screen_over(talk.session) as screen:
        pages = 0
        for key in ("enter", "G", "g", "pagedown"):
            await screen.press(key)
            assert any(line.strip() for line in screen.text().splitlines()[-10:])
            pages += 1
        height = screen.inspector.size.height
        assert len(coloured) <= pages * height
        assert all(len(line) <= inspector.LONGEST_COLOURED for line in coloured)
