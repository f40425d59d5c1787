"""Pages that are made from the code say what the code does, and who makes them."""

from __future__ import annotations

import pytest

from tests.generate import ADVICE, PAGES, ROOT, source_of, text_of


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    """The page would tell of keys that are gone, or lose what somebody wrote into it by hand."""
    written = (ROOT / name).read_text(encoding="utf-8")
    assert written == text_of(name), f"{name} is made by {source_of(name)}: {ADVICE}"


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_names_its_source(name: str) -> None:
    """A change would be made in the page, and be lost when it is made again."""
    begin, _, title = text_of(name).splitlines()[:3]
    assert source_of(name) in begin
    assert title in (ROOT / source_of(name)).read_text(encoding="utf-8")
