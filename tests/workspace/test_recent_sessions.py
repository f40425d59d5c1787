"""What the start screen remembers between runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.workspace import recent_sessions as recent
from ocpptui.workspace.folders import new_recording, state_folder
from ocpptui.workspace.recent_sessions import MAX_SESSIONS, Recent, RecentSession


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCPPTUI_HOME", str(tmp_path))
    return tmp_path


def test_values_and_sessions_come_back(home: Path) -> None:
    recording = home / "a.jsonl"
    recording.write_text("")
    before = Recent()
    before.remember("charge-point", {"url": "ws://localhost:9000", "id": "CP001"})
    before.add(RecentSession("charge-point ws://localhost:9000/CP001", str(recording), 5))
    before.save()
    after = recent.load_recent()
    assert after.values == {"charge-point": {"url": "ws://localhost:9000", "id": "CP001"}}
    assert after.sessions == before.sessions


def test_a_recording_that_is_gone_is_not_offered(home: Path) -> None:
    before = Recent()
    before.add(RecentSession("gone", str(home / "gone.jsonl"), 5))
    before.save()
    assert recent.load_recent().sessions == []


def test_the_list_has_the_newest_first_without_repetition_up_to_a_limit(home: Path) -> None:
    found = Recent()
    for number in range(MAX_SESSIONS + 5):
        found.add(RecentSession("session", f"{number}.jsonl", number))
    found.add(RecentSession("again", f"{MAX_SESSIONS}.jsonl", 99))
    assert found.sessions[0].title == "again"
    assert len(found.sessions) == MAX_SESSIONS
    assert len({session.recording for session in found.sessions}) == MAX_SESSIONS


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"values": 3, "sessions": []}', '{"values": {}, "sessions": [{"x": 1}]}']
)
def test_a_damaged_file_loses_the_values_but_does_not_stop_the_program(home: Path, text: str) -> None:
    (state_folder() / "recent.json").write_text(text)
    assert recent.load_recent() == Recent()


def test_two_sessions_in_the_same_second_get_two_recordings(home: Path) -> None:
    first = new_recording("central-system", 1_000_000)
    first.write_text("")
    second = new_recording("central-system", 1_000_000)
    assert first != second
    assert first.name == "1970-01-01T00-00-01Z-central-system.jsonl"
    assert (home / "recordings").stat().st_mode & 0o077 == 0
