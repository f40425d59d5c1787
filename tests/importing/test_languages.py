"""One conversation comes back whatever the language is in which its log says `sent` and `received`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Version
from tests.importing.conversation import conversation, of_one
from tests.importing.logger_lines import utc, way
from tests.importing.reading import check, read

WORDS = {
    "Arabic": ("{} تم الاستلام:", "{} تم الإرسال:"),
    "Basque": ("{} jasota:", "{} bidalita:"),
    "Chinese": ("收到 {} 的消息", "发送到 {}"),
    "Chinese in brackets": ("[{}] 已接收", "[{}] 已发送"),
    "Czech": ("{} přijato:", "{} odesláno:"),
    "Estonian": ("{} vastu võetud:", "{} saadetud:"),
    "Finnish, a verb": ("{}:ltä vastaanotettiin", "{}:lle lähetettiin"),
    "Georgian": ("{} მიღებულია:", "{} გაგზავნილია:"),
    "Greek": ("{} ελήφθη:", "{} εστάλη:"),
    "Hebrew": ("{} התקבל:", "{} נשלח:"),
    "Hindi": ("{} प्राप्त हुआ:", "{} भेजा गया:"),
    "Hungarian": ("{} fogadva:", "{} elküldve:"),
    "Japanese": ("{} 受信しました:", "{} 送信しました:"),
    "Japanese, with endings": ("{}から受信", "{}へ送信"),
    "Korean": ("{} 수신됨:", "{} 전송됨:"),
    "Korean, with endings": ("{}에서 수신", "{}에 전송"),
    "Russian": ("получено от {}:", "отправлено к {}:"),
    "Swahili": ("{} imepokelewa:", "{} imetumwa:"),
    "Thai": ("{} ได้รับ:", "{} ส่ง:"),
    "Turkish": ("{} alındı", "{} gönderildi"),
    "Turkish, with a noun": ("{} mesaj alındı:", "{} mesaj gönderildi:"),
    "Turkish, with endings": ("{}'den alındı", "{}'ye gönderildi"),
    "Turkish, words before the name": ("alındı {}", "gönderildi {}"),
    "no language": ("{} qwertu:", "{} zoplim:"),
    "no language, words before the name": ("qwertu {}", "zoplim {}"),
}
"""What is before a frame that was received and one that was sent, around the name of the charge point."""


@pytest.mark.parametrize("version", (Version.V16, Version.V201))
@pytest.mark.parametrize("is_alone", (True, False), ids=("one", "two"))
@pytest.mark.parametrize("language", WORDS)
def test_names_and_directions_are_found_in_any_language(
    language: str, version: Version, tmp_path: Path, *, is_alone: bool
) -> None:
    """Without a name, the answers of two charge points are paired by chance."""
    received, sent = WORDS[language]
    frames = conversation(("CP-77", "CP-88"), version)
    frames = of_one(frames) if is_alone else frames
    path = tmp_path / "cp.log"
    path.write_text(
        "".join(f"{utc(frame)} {way(frame, received, sent).format(frame.name)} {frame.raw}\n" for frame in frames),
        encoding="utf-8",
    )
    check(read(path), frames, timedelta(milliseconds=1))


@pytest.mark.parametrize("line", ("{} ocpp: ", "thread-{} "), ids=("program", "thread"))
def test_the_same_word_in_all_lines_names_nobody_where_no_word_says_the_direction(line: str, tmp_path: Path) -> None:
    """The name of the program would be that of the charge point."""
    frames = of_one(conversation(("CP-77", "CP-88"), Version.V16))
    path = tmp_path / "cp.log"
    texts = (line.format(number % 3 if "thread" in line else utc(frame)) for number, frame in enumerate(frames))
    path.write_text("".join(f"{text}{frame.raw}\n" for text, frame in zip(texts, frames, strict=True)))
    assert {record.charge_point for record in read(path).records} == {""}
