"""Copying to the terminal, to tmux and to a file, and the sentence that reports it."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

import pytest
from textual.app import App

from ocpptui.tui.clipboard import CLIPBOARD_PROGRAMS, MAX_OSC52, copy

FAKE_TMUX = """#!/bin/sh
folder={folder}
printf '%s\\n' "$*" >> "$folder/calls"
{does}
"""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give other programs the time of a busy machine."""
    monkeypatch.setattr("ocpptui.tui.clipboard.PATIENCE", 60.0)


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a fake tmux; see `behave`."""
    monkeypatch.setenv("TMUX", "/nowhere/default,1,0")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def behave(folder: Path, does: str, name: str = "tmux") -> None:
    program = folder / name
    program.write_text(FAKE_TMUX.format(folder=shlex.quote(str(folder)), does=does))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


async def test_the_text_goes_to_the_terminal_and_into_a_file(home: Path) -> None:
    """Over SSH the clipboard of the remote machine is useless."""
    app: App[object] = App()
    async with app.run_test():
        said = await copy(app, "grün")
    assert app.clipboard == "grün"
    assert (home / "copied.txt").read_text(encoding="utf-8") == "grün"
    assert said == f"Copied 4 characters to the terminal's clipboard and to {home / 'copied.txt'}."


async def test_only_the_user_can_read_the_file(home: Path) -> None:
    """Other users of the machine could read what was copied."""
    app: App[object] = App()
    async with app.run_test():
        await copy(app, "one")
    assert stat.S_IMODE((home / "copied.txt").stat().st_mode) == 0o600


async def test_a_text_too_long_for_the_terminal_is_in_the_file(home: Path) -> None:
    """The terminal would copy only the start, or print the rest on the screen."""
    app: App[object] = App()
    text = "x" * (MAX_OSC52 + 1)
    async with app.run_test():
        said = await copy(app, text)
    assert app.clipboard == ""
    assert (home / "copied.txt").read_text() == text
    assert str(home) in said and "too long for the terminal's clipboard" in said


async def test_the_limit_counts_bytes(home: Path) -> None:
    """A text of wide characters would be truncated."""
    app: App[object] = App()
    async with app.run_test():
        assert "too long" in await copy(app, "漢" * (MAX_OSC52 // 2))
    assert app.clipboard == ""


async def test_line_ends_and_lone_surrogates_survive(home: Path) -> None:
    """Copying a frame with such a text would end the program."""
    app: App[object] = App()
    async with app.run_test():
        await copy(app, "a\r\nb\ud800")
    assert (home / "copied.txt").read_bytes() == b"a\r\nb?"


@pytest.fixture
def no_home(home: Path) -> None:
    """A file occupies the path of the folder."""
    home.write_text("")


@pytest.mark.usefixtures("no_home")
async def test_without_a_writable_file_the_terminal_suffices() -> None:
    """With a full or read-only disk nothing could be copied."""
    app: App[object] = App()
    async with app.run_test():
        assert await copy(app, "a") == "Copied 1 character to the terminal's clipboard."
        assert "could not be copied" in await copy(app, "x" * (MAX_OSC52 + 1))


async def test_inside_tmux_its_buffer_is_filled_too(tmux: Path) -> None:
    """tmux swallows the sequence for the clipboard of the terminal around it."""
    behave(tmux, 'cat > "$folder/buffer"')
    app: App[object] = App()
    async with app.run_test():
        said = await copy(app, "grün")
    assert (tmux / "buffer").read_text(encoding="utf-8") == "grün"
    assert (tmux / "calls").read_text().splitlines() == ["load-buffer -w -"]
    assert "to tmux's buffer" in said


async def test_an_old_tmux_is_called_again_without_the_new_option(tmux: Path) -> None:
    """With a tmux older than 3.2 nothing would be copied."""
    behave(tmux, '[ "$2" = -w ] && exit 1; cat > "$folder/buffer"')
    app: App[object] = App()
    async with app.run_test():
        assert "to tmux's buffer" in await copy(app, "text")
    assert (tmux / "buffer").read_text() == "text"


async def test_a_failed_tmux_is_not_reported_as_a_copy(tmux: Path) -> None:
    """The user would paste something else from the buffer."""
    behave(tmux, "exit 1")
    app: App[object] = App()
    async with app.run_test():
        assert "tmux's buffer" not in await copy(app, "text")
    assert app.clipboard == "text"


async def test_a_tmux_that_hangs_does_not_block_the_screen(tmux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy would freeze the program and leave a process behind."""
    behave(tmux, 'echo $$ >> "$folder/pids"; exec sleep 600')
    pids, app = tmux / "pids", App[object]()
    async with app.run_test():
        for patience in (0.2, 4, 20, 40):  # the first is enough on a machine that does nothing else
            monkeypatch.setattr("ocpptui.tui.clipboard.PATIENCE", patience)
            assert "tmux's buffer" not in await copy(app, "text")
            if pids.exists():
                break
    for pid in pids.read_text().split():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)


@pytest.mark.parametrize("platform", CLIPBOARD_PROGRAMS)
async def test_the_system_clipboard_is_filled_if_the_terminal_ignores_osc_52(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    """The Terminal of macOS ignores OSC 52: nothing would be copied, although the program says so."""
    program, encoding = CLIPBOARD_PROGRAMS[platform]
    monkeypatch.setattr("ocpptui.tui.clipboard.CLIPBOARD_PROGRAM", (program, encoding))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    behave(tmp_path, 'cat > "$folder/clipboard"', program)
    app: App[object] = App()
    async with app.run_test():
        assert "to the clipboard" not in await copy(app, "grün"), "over SSH it is the wrong machine's"
        monkeypatch.delenv("SSH_CONNECTION")
        assert "to the clipboard" in await copy(app, "grün")
    assert (tmp_path / "clipboard").read_bytes().decode(encoding) == "grün"
