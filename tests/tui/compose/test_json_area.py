"""The JSON editor: colours what is visible, safe for any text, and fast for large ones."""

from __future__ import annotations

import json
from pathlib import Path

from textual.app import App, ComposeResult

from ocpptui.tui.compose import json_area
from ocpptui.tui.compose.json_area import LONGEST_LINE, MAX_EDITABLE, JsonArea


class AreaApp(App[None]):
    CSS_PATH = Path(json_area.__file__).with_suffix(".tcss")

    def compose(self) -> ComposeResult:
        yield JsonArea(id="area")


async def test_loaded_text_is_returned_exactly_until_it_is_edited() -> None:
    async with AreaApp().run_test() as pilot:
        area = pilot.app.query_one(JsonArea)
        text = "a\r\nb\x85c\u2028d\x0be"
        area.show_text(text)
        assert area.content == text
        area.focus()
        await pilot.press("x")
        assert area.content.startswith("xa")
        await pilot.press("backspace")
        assert area.content == text


async def test_control_characters_are_shown_and_do_not_move_the_columns() -> None:
    async with AreaApp().run_test() as pilot:
        area = pilot.app.query_one(JsonArea)
        area.show_text('{"a\x1b[31m":"\x9b\u202e\u00ad\u180e\ufff9b"}')
        line = area.get_line(0)
        assert len(line.plain) == len(area.document.get_line(0))
        assert not any(letter in line.plain for letter in "\x1b\x9b\u202e\u00ad\u180e\ufff9")
        assert "␛[31m" in line.plain


async def test_keys_strings_numbers_and_words_differ_in_colour() -> None:
    async with AreaApp().run_test() as pilot:
        area = pilot.app.query_one(JsonArea)
        area.show_text('{"key": "text", "n": -1.5e3, "t": true, "esc\\"aped": null}')
        line = area.get_line(0)
        styled = {line.plain[span.start : span.end] for span in line.spans}
        assert {'"key"', '"text"', "-1.5e3", "true", '"esc\\"aped"', "null"} <= styled


async def test_a_megabyte_is_shown_in_part_and_kept_whole() -> None:
    async with AreaApp().run_test() as pilot:
        area = pilot.app.query_one(JsonArea)
        text = json.dumps([{"a": n} for n in range(60_000)], indent=1)
        assert len(text) > 1_000_000
        area.show_text(text)
        assert area.read_only
        assert len(area.text) < MAX_EDITABLE + 100
        assert "more characters" in area.text
        assert area.content == text
        area.show_text("{}")
        assert not area.read_only


async def test_a_line_too_long_to_be_wrapped_with_every_key_cannot_be_edited() -> None:
    async with AreaApp().run_test() as pilot:
        area = pilot.app.query_one(JsonArea)
        area.show_text("x" * (LONGEST_LINE + 1))
        assert area.read_only
