"""What the log says of a file that moves. If these fail, a technician does not know whether the diagnostics arrived."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ocpptui.network.transfer_desk import FileMove, TransferState
from ocpptui.network.transfer_grants import TransferGrant
from ocpptui.session.transfer_notes import (
    TRANSFER,
    begun_words,
    ended_words,
    going_words,
    progress_words,
    transfer_detail,
)

PASSWORD = "wordofpass"
UPLOAD = TransferGrant("CP1", "cp01", "opening", PASSWORD, None, 1e9)
DOWNLOAD = replace(UPLOAD, file=Path("firmware.bin"))


def move(grant: TransferGrant = UPLOAD, **more: object) -> FileMove:
    return FileMove(7, grant, "FTP", "10.0.0.5", "diag.zip", **more)  # type: ignore[arg-type]


def test_an_upload_is_told_from_its_beginning_to_its_end() -> None:
    one = move(expected=4_000)
    assert begun_words(one) == "CP1 uploads diag.zip by FTP from 10.0.0.5, 4,000 bytes."
    one.moved = 1_000
    assert going_words(one) == "The upload of diag.zip by CP1: 1,000 of 4,000 bytes, 25 %."
    one.moved, one.began, one.ended, one.path = 4_000, 10.0, 12.5, Path("uploads/diag.zip")
    assert ended_words(one) == f"CP1 uploaded 4,000 bytes in 2.5 s by FTP: {one.path}"


def test_a_download_is_told_too() -> None:
    one = move(DOWNLOAD)
    assert begun_words(one) == "CP1 fetches diag.zip by FTP from 10.0.0.5."
    one.moved = 1
    assert going_words(one) == "The download of diag.zip by CP1: 1 byte."
    one.ended = 1.0
    assert ended_words(one) == "CP1 fetched diag.zip, 1 byte, in 1.0 s by FTP."


@pytest.mark.parametrize(("grant", "what"), [(UPLOAD, "An upload of CP1"), (DOWNLOAD, "A download by CP1")])
def test_a_failure_says_after_how_much_and_why(grant: TransferGrant, what: str) -> None:
    """Half a file is never called a whole one."""
    one = move(grant, moved=10, ended=1.0, path=Path("x"), problem="the connection was lost")
    assert ended_words(one) == f"{what} failed after 10 bytes: the connection was lost."


@pytest.mark.parametrize(("expected", "words"), [(None, "3 bytes"), (0, "3 bytes"), (6, "3 of 6 bytes, 50 %")])
def test_without_a_known_size_there_is_no_percentage(expected: int | None, words: str) -> None:
    assert progress_words(move(expected=expected, moved=3)) == words


def test_a_name_of_the_peer_cannot_break_the_sentence() -> None:
    one = replace(move(), name="a\nb" + "x" * 500)
    assert begun_words(one).startswith("CP1 uploads a bxxx")
    assert len(begun_words(one)) < 200
    assert begun_words(replace(one, name="")) == "CP1 uploads a file by FTP from 10.0.0.5."


def test_the_record_names_the_file_once_it_is_there_and_never_the_password() -> None:
    """`Enter` on the row opens the file, so it must exist."""
    running = move(path=Path("uploads/diag.zip"), moved=5)
    assert "file" not in transfer_detail(running)
    done = replace(running, ended=1.0, state=TransferState.DONE)
    assert (transfer_detail(done)["file"], transfer_detail(done)["size"]) == (str(running.path), 5)
    assert transfer_detail(done)[TRANSFER]["state"] == TransferState.DONE
    assert "file" not in transfer_detail(replace(done, grant=DOWNLOAD))
    assert PASSWORD not in f"{transfer_detail(done)} {ended_words(done)}"
