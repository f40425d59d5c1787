"""The HTML report in a real browser: it opens from the disk, finds, shows, draws, and asks nobody for anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ocpptui.exporting import Format
from ocpptui.jsontext.unsafe_characters import UNSAFE, escaped
from ocpptui.ocpp.version import Direction
from ocpptui.timeline.record import ConnectionEvent, Record, RecordKind
from tests.exporting.browser import BROWSERS, Page, browser, installed
from tests.exporting.extracts import DOWN, HOSTILE, SECOND, START, UP, event, export, message
from tests.exporting.test_hostile import ALL_HOSTILE

PROGRAM = installed()
pytestmark = pytest.mark.needs(*BROWSERS)

ROWS = "document.querySelectorAll('main details').length"
SHOWN = "document.getElementById('shown').textContent"
MANY = 20_000


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    assert PROGRAM is not None
    with browser(PROGRAM, tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    """A tab that must not have complained, nor have asked for anything but the page itself, at the end."""
    tab.complaints.clear()
    tab.requests.clear()
    yield tab
    assert tab.complaints == []
    assert tab.requests == [tab.get("location.href")]


def exchange(number: int, direction: Direction = UP, **others: Any) -> list[Record]:
    """A call and its answer."""
    time = START + number * SECOND
    call = f'[2,"id{number}","Authorize",{{"idTag":"TAG-{number}"}}]'
    answer = f'[3,"id{number}",{{"idTagInfo":{{"status":"Accepted"}}}}]'
    return [
        message(call, direction, time=time, **others),
        message(answer, direction.opposite, time=time + 1000, **others),
    ]


def write(path: Path, records: list[Record]) -> Path:
    path.write_bytes(export(Format.HTML, records)[0])
    return path


@pytest.fixture
def small(page: Page, tmp_path: Path) -> Page:
    """Ten exchanges of one charge point, one of another, a broken text."""
    records = [event(ConnectionEvent.OPENED, url="ws://csms.example/CP001")]
    for number in range(10):
        records += exchange(number)
    records += exchange(10, charge_point="CP002", connection=2)
    records.append(message("no OCPP", DOWN, time=START + 11 * SECOND))
    page.open(write(tmp_path / "small.html", records))
    page.until(f"{ROWS} === {len(records)}")
    return page


def test_it_opens_and_shows_every_record(small: Page) -> None:
    assert small.get(SHOWN) == "24 of 24"
    first = small.get("document.querySelectorAll('main summary')[1].innerText.split('\\n')")
    assert first[:3] == ["10:02:03.000", "CP001", "→"]
    assert "TAG-0" in first


def test_a_search_and_the_filters_narrow_the_rows(small: Page) -> None:
    small.type("#text", "tag-7 authorize")
    small.until(f"{ROWS} === 1")
    assert small.get(SHOWN) == "1 of 24"
    small.type("#text", "nothing like it")
    small.until(f"{ROWS} === 0")
    assert small.get("!document.getElementById('none').hidden")
    small.get("document.getElementById('filter').reset(), filter()")
    small.click("#wrong")
    small.until(f"{ROWS} === 1")
    assert small.get("document.querySelector('main summary').innerText.includes('no OCPP')")
    small.click("#wrong")
    small.get("controls.chargePoint.value = 'CP002', filter()")
    small.until(f"{ROWS} === 2")


def test_a_click_shows_the_json_and_leads_to_the_other_half(small: Page) -> None:
    small.click("main details:nth-child(2) summary")
    small.until("document.querySelector('main pre') !== null")
    assert small.get("document.querySelector('main pre').textContent").splitlines() == [
        "[", "  2,", '  "id0",', '  "Authorize",', "  {", '    "idTag": "TAG-0"', "  }", "]",
    ]  # fmt: skip
    small.click("[data-does=raw]")
    assert small.get("document.querySelector('main pre').textContent") == '[2,"id0","Authorize",{"idTag":"TAG-0"}]'
    small.click("[data-does=other]")
    assert small.get("document.querySelector('main .here').dataset.position") == "2"
    small.click("#expand")
    small.until("document.querySelectorAll('main pre').length === 24")
    small.click("#collapse")
    small.until("document.querySelectorAll('main details[open]').length === 0")


def test_the_timeline_has_a_lane_a_charge_point_and_marks_problems(small: Page) -> None:
    assert small.get("[...document.querySelectorAll('#timeline title')].map(it => it.textContent)") == [
        "CP001",
        "CP002",
    ]
    marks = "[...document.querySelectorAll('#timeline .bad')].map(it => it.getAttribute('d').split('M').length - 1)"
    assert small.get(marks) == [1, 0]


def test_a_click_into_the_timeline_leads_there_and_a_drag_chooses_a_time(small: Page) -> None:
    drag(small, 0.999)
    assert small.get("records[document.querySelector('main .here').dataset.position].text") == "no OCPP"
    drag(small, -0.01, 0.23)
    assert small.get(SHOWN) == "7 of 24"  # the connection, and the first three of the exchanges, at 0, 1, 2 s of 11
    small.click("#whole")
    assert small.get(SHOWN) == "24 of 24"


def drag(page: Page, start: float, end: float | None = None) -> None:
    """Along the first lane of the timeline, from one part of the time to another."""
    x, y, width = page.get(
        "(box => [box.x + chart.left, box.y, chart.width])(document.querySelector('svg').getBoundingClientRect())"
    )
    page.drag(x + width * start, y + 30, None if end is None else x + width * end)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_colours_of_the_machine(small: Page, scheme: str) -> None:
    """Words must be read in either: seven to one is what WCAG 2.2, 1.4.6 asks for."""
    small.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    style = "(style => [style.color, style.backgroundColor])(getComputedStyle(document.body))"
    ink, paper = (luminance(colour) for colour in small.get(style))
    assert (ink < paper) is (scheme == "light")
    assert (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) > 7


def luminance(colour: str) -> float:
    """Relative luminance of `rgb(r, g, b)` by WCAG 2.2."""
    parts = [int(part) / 255 for part in colour[4:-1].split(",")]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_hostile_texts_stay_texts(page: Page, tmp_path: Path) -> None:
    """No script of a peer runs in the page, wherever the text occurs."""
    page.open(write(tmp_path / "hostile.html", ALL_HOSTILE))
    page.get("openAll(true)")
    page.until(f"document.querySelectorAll('main pre').length === {len(ALL_HOSTILE)}")
    assert (
        page.get("document.querySelectorAll('img, a, iframe, h1 ~ h1, main b, [onerror], [href], [src]').length") == 0
    )
    assert page.get("document.scripts.length") == 1
    text = page.get("document.querySelector('main').textContent")
    assert "<script>alert(1)</script>" in text
    assert UNSAFE.search(text.replace("\n", "")) is None
    page.type("#text", HOSTILE[0])
    page.until(f"{ROWS} > 0 && {ROWS} < {len(ALL_HOSTILE)}")


def test_the_page_makes_the_same_characters_visible_as_the_screen(page: Page, tmp_path: Path) -> None:
    """A hidden character in a customer's log is seen in the report too, as an escape that says which it is."""
    hidden = "a\u00ad\u180e\ufff9\ufe0f\U000e0041\u200bb"
    page.open(write(tmp_path / "hidden.html", [Record(START, 0, RecordKind.NOTE, detail={"text": hidden})]))
    page.until(f"document.querySelector('main').textContent.includes({json.dumps(escaped(hidden))})")


def test_letters_and_emoji_are_shown_and_not_their_escapes(page: Page, tmp_path: Path) -> None:
    """A message for a driver can be read; the text from the wire keeps its escapes."""
    raw = r'[2,"1","DataTransfer",{"vendorId":"\ud83d\udd0c \u5145 \u202e \\u5145"}]'
    page.open(write(tmp_path / "escapes.html", [message(raw)]))
    page.get("openAll(true)")
    page.until("document.querySelector('main pre') !== null")
    assert r'"🔌 充 \u202e \\u5145"' in page.get("document.querySelector('main pre').textContent")
    page.click("[data-does=raw]")
    assert page.get("document.querySelector('main pre').textContent") == raw


def test_many_records_are_searched_and_only_few_are_in_the_page(page: Page, tmp_path: Path) -> None:
    """A user who opens a day of traffic does not wait, and the browser does not run out of memory."""
    records = [record for number in range(MANY // 2) for record in exchange(number)]
    page.open(write(tmp_path / "many.html", records))
    assert page.get(SHOWN) == f"{MANY} of {MANY}"
    page.until(f"{ROWS} > 0")
    assert page.get(ROWS) <= 300
    page.get("scrollTo(0, document.body.scrollHeight)")
    page.until("document.querySelector('main > div:last-child details') !== null")
    assert page.get(ROWS) <= 600
    last = "document.querySelector('main > div:last-child details:last-child').dataset.position"
    assert page.get(last) == str(MANY - 1)
    page.type("#text", "tag-9876")
    page.until(f"{ROWS} === 1")
    assert page.get("performance.getEntriesByType('navigation')[0].domComplete") < 20_000


def test_a_message_of_a_megabyte_and_a_deep_one_are_shown(page: Page, tmp_path: Path) -> None:
    large = '[2,"1","DataTransfer",{"data":"' + "x\\\\" * 400_000 + '"}]'
    deep = '[2,"2","DataTransfer",' + "[" * 20_000 + "]" * 20_000 + "]"
    page.open(write(tmp_path / "large.html", [message(large), message(deep)]))
    page.get("openAll(true)")
    page.until("document.querySelectorAll('main pre').length === 2")
    assert page.get("document.querySelectorAll('main pre')[0].textContent.length") >= len(large)
