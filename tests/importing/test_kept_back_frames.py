"""What a foreign proxy kept back did not reach the other side, which is not to blame that it has no answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpptui.importing.kept_back_frames import kept_back_by
from tests.importing.reading import read

CALL = '[2,"122","FirmwareStatusNotification",{"status":"Installed"}]'


@pytest.mark.parametrize(
    ("prefix", "word"),
    (
        ("[09:39:27,424] [client->target-BLOCKED] ", "BLOCKED"),
        ("10:00:00 INFO proxy: dropped message from CP1: ", "dropped"),
        ("10:00:00 filtered out CP1 -> CSMS ", "filtered out"),
        ("10:00:00 CP1 not forwarded: ", "not forwarded"),
        ("10:00:00 suppressed ", "suppressed"),
        ("10:00:00 Discarding ", "Discarding"),
    ),
)
def test_the_line_says_that_a_frame_was_kept_back(prefix: str, word: str) -> None:
    assert kept_back_by(prefix) == word


@pytest.mark.parametrize(
    "prefix",
    (
        "[09:39:27,424] [client->target] ",
        "10:00:00 INFO clock CP1 recv ",
        "10:00:00 unblocked CP1 recv ",
        "10:00:00 blocked=false recv ",
        "10:00:00 dropped: 0 recv ",
        "10:00:00 not blocked recv ",
        "10:00:00 BlockedQueue recv ",
        "10:00:00 MessageFilter recv ",
        "10:00:00 [app-akka.actor.default-blocking-io-dispatcher-5] INFO recv ",
        "10:00:00 [blocking-3] recv ",
        "10:00:00 dropped_frames=3 recv ",
        "10:00:00 blocked before " + "x" * 90,
    ),
)
def test_other_words_do_not_say_it(prefix: str) -> None:
    assert kept_back_by(prefix) == ""


def test_the_record_says_it(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(
        f"[2026-01-01 09:39:27,424] CP1 [client->target-BLOCKED] {CALL}\n"
        f"[2026-01-01 09:39:37,424] CP1 [client->target] {CALL.replace('122', '123')}\n",
        encoding="utf-8",
    )
    assert [record.detail.get("keptBack") for record in read(path).records] == ["BLOCKED", None]
