"""A table of East Asia or Eastern Europe is decoded where its words show the encoding, and no other file is."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpptui.importing.tables.table_encoding import table_encoding
from ocpptui.ocpp.version import Version
from tests.importing.conversation import conversation
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

WORDS = {
    "shift_jis": ("日時,充電器,方向,メッセージ", "受信", "送信"),
    "gbk": ("时间,充电桩,方向,消息", "接收", "发送"),
    "big5": ("時間,充電樁,方向,訊息", "接收", "傳送"),
    "euc_kr": ("시간,충전기,방향,메시지", "수신", "발신"),
    "cp1251": ("Время,Станция,Направление,Сообщение", "Получено", "Отправлено"),
}


@pytest.mark.parametrize("with_header", [True, False])
@pytest.mark.parametrize("encoding", WORDS)
def test_a_conversation_comes_back_from_the_encoding_of_a_country(
    tmp_path: Path, encoding: str, with_header: bool
) -> None:
    """Excel saves CSV so: the directions would be guessed, and the names of the columns be unknown."""
    header, received, sent = WORDS[encoding]
    frames = conversation(("CP-77", "CP-78"), Version.V16)
    path = tmp_path / "export.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        rows = csv.writer(file)
        if with_header:
            rows.writerow(header.split(","))
        rows.writerows((utc(f), f.name, way(f, received, sent), f.raw) for f in frames)
    found = read(path)
    check(found, frames, timedelta(milliseconds=1))
    assert any("its words are known in it" in sentence for sentence in found.importer.evidence)


@pytest.mark.parametrize(
    "head",
    [
        "时间,方向\n".encode(), b"time,direction\n", "Uhrzeit;Ladesäule;Höhe\nSäule;Tür\n".encode("latin-1"),
        "ÄÖÜ;äöü\n".encode("cp850"), b"",
    ],
)  # fmt: skip
def test_other_files_are_not_decoded(head: bytes) -> None:
    assert table_encoding(head) == ""


@given(head=st.binary(max_size=200))
def test_random_bytes_do_no_harm(head: bytes) -> None:
    table_encoding(head)
