"""What the start screen remembers between runs."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.workspace import recent_sessions as recent
from ocpptui.workspace.folders import new_recording
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
    values = {"url": "ws://localhost:9000", "id": "CP001"}
    before.add(
        RecentSession("charge-point ws://localhost:9000/CP001", str(recording), 5, "connect", values, "password")
    )
    before.save()
    after = recent.load_recent()
    assert after.values == {"charge-point": {"url": "ws://localhost:9000", "id": "CP001"}}
    assert after.sessions == before.sessions


def test_files_that_were_opened_together_are_one_session(home: Path) -> None:
    """Support would open a merge of two logs again, and see only the first of them under the names of both."""
    for name in ("a.log", "b.log"):
        (home / name).write_text("")
    first, second = str(home / "a.log"), str(home / "b.log")
    before = Recent()
    before.add(RecentSession("a.log", first, 5))
    before.add(RecentSession("a.log, b.log", first, 6, further=(second,)))
    before.add(RecentSession("a.log, b.log", first, 7, further=(second,)))
    before.save()
    assert [session.paths for session in recent.load_recent().sessions] == [(first, second), (first,)]


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


def saved(**changed: object) -> str:
    """The file with a session and a form, of which some entries are others."""
    entry = {"title": "t", "recording": "r.jsonl", "ended": 1, **changed}
    return json.dumps({"values": {"connect": {"url": "ws://h"}}, "sessions": [entry]})


WRONG: tuple[object, ...] = (None, [], {})
NO_PATHS: tuple[object, ...] = (None, {}, 3, "b.jsonl", [3], [None])
DAMAGED = [
    "",
    "{",
    "[]",
    "null",
    "\ud800",
    "[" * 100_000,
    '{"values": 3, "sessions": []}',
    '{"values": {"connect": 3}, "sessions": []}',
    '{"values": {"connect": {"url": 3}}, "sessions": []}',
    '{"values": {}, "sessions": {}}',
    '{"values": {}, "sessions": [{"x": 1}]}',
    '{"values": {}, "sessions": [[]]}',
    saved(ended="1").replace('"1"', "1e400"),
    saved(ended="1").replace('"1"', "9" * 5000),
    *(saved(ended=value) for value in (*WRONG, True, -1, 1.5, 10**30, float("nan"), float("inf"), "now")),
    *(saved(title=value) for value in (*WRONG, 3)),
    *(saved(recording=value) for value in (*WRONG, 3)),
    *(saved(further=value) for value in NO_PATHS),
]


@pytest.mark.parametrize("text", DAMAGED, ids=lambda text: text[:60])
def test_a_damaged_file_is_put_aside_once_and_does_not_stop_the_program(home: Path, text: str) -> None:
    """Each start would end in a crash, until somebody guesses which file to delete."""
    file = home / "recent.json"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    found = recent.load_recent()
    assert (found.values, found.sessions) == ({}, [])
    assert str(home / "recent-damaged.json") in found.damage
    assert (home / "recent-damaged.json").read_text(encoding="utf-8", errors="surrogatepass") == text
    assert recent.load_recent() == Recent()


@given(
    json_values := st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    ),
    json_values,
)
def test_no_content_stops_the_program(values: object, entry: object) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCPPTUI_HOME", folder)
        for content in (values, {"values": values, "sessions": [entry]}, {"values": {}, "sessions": entry}):
            (Path(folder) / "recent.json").write_text(json.dumps(content))
            found = recent.load_recent()
            assert all(datetime.fromtimestamp(session.ended / 1e6) for session in found.sessions)
            found.save()
            assert not recent.load_recent().damage


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 5000])
def test_a_recording_whose_name_cannot_exist_is_not_offered(home: Path, name: str) -> None:
    (home / "recent.json").write_text(saved(recording=name))
    assert recent.load_recent() == Recent({"connect": {"url": "ws://h"}})


def test_two_sessions_in_the_same_second_get_two_recordings(home: Path) -> None:
    first = new_recording("central-system", 1_000_000)
    first.write_text("")
    second = new_recording("central-system", 1_000_000)
    assert first != second
    assert first.name == "1970-01-01T00-00-01Z-central-system.jsonl"
    assert (home / "recordings").stat().st_mode & 0o077 == 0
