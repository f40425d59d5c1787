"""What was sent yesterday is offered today, without its secrets, and the file does not grow for ever."""

from __future__ import annotations

from pathlib import Path

from ocpptui.compose.history import Composition, Compositions, MessageForm
from ocpptui.compose.kept_history import LONGEST_KEPT, MOST_KEPT, KeptHistory


def sent(text: str, action: str = "Reset", time: int = 1) -> Composition:
    return Composition("CP1", action, text, index=9, time=time)


def test_what_one_session_sends_the_next_one_offers(home: Path) -> None:
    first = Compositions((), KeptHistory().add)
    first.remember(sent('{"type": "Soft"}'))
    first.remember(Composition("CP1", "", "[2,", MessageForm.RAW, 10, 2))
    again = Compositions(KeptHistory().load())
    assert [(one.action, one.text, one.form, one.index) for one in again.earlier] == [
        ("Reset", '{"type": "Soft"}', MessageForm.PAYLOAD, None),
        ("", "[2,", MessageForm.RAW, None),
    ]
    assert not again.sent
    assert (home / "sent.jsonl").stat().st_mode & 0o077 == 0 or not hasattr(Path, "owner")


def test_secrets_are_not_kept(tmp_path: Path) -> None:
    kept = KeptHistory(tmp_path / "sent.jsonl")
    kept.add(sent('{"key":"AuthorizationKey","value":"geheim0123456789"}', "ChangeConfiguration"))
    kept.add(Composition("CP1", "", '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"geheim0123"}]',
                         MessageForm.RAW))  # fmt: skip
    assert "geheim" not in (tmp_path / "sent.jsonl").read_text()
    assert len(kept.load()) == 2


def test_the_newest_are_offered_each_once(tmp_path: Path) -> None:
    kept = KeptHistory(tmp_path / "sent.jsonl")
    for number in range(2 * MOST_KEPT + 5):
        kept.add(sent(f'{{"n":{number % (MOST_KEPT + 3)}}}', time=number))
    found = kept.load()
    assert len(found) == MOST_KEPT
    assert found[-1].time == 2 * MOST_KEPT + 4
    assert len((tmp_path / "sent.jsonl").read_text().splitlines()) == MOST_KEPT, "it is shortened when it is read"
    assert kept.load() == found


def test_a_damaged_file_costs_only_what_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "sent.jsonl"
    kept = KeptHistory(path)
    kept.add(sent("{}"))
    good = path.read_bytes()
    odd = b'\xff\n[]\n{"time":"x"}\n' + good.replace(b'"payload"', b'"other"') + good.replace(b'"Reset"', b'""')
    path.write_bytes(odd + good + good[:20])
    assert [one.text for one in kept.load()] == ["{}"]
    assert KeptHistory(tmp_path / "missing" / "sent.jsonl").load() == []
    KeptHistory(tmp_path / "missing" / "sent.jsonl").add(sent("{}"))


def test_a_huge_message_is_not_kept(tmp_path: Path) -> None:
    kept = KeptHistory(tmp_path / "sent.jsonl")
    kept.add(sent('"' + "x" * LONGEST_KEPT + '"'))
    assert kept.load() == []
