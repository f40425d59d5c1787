"""Pages that are made from the code say what the code does."""

from __future__ import annotations

import pytest

from tests.generate import PAGES, ROOT


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    """The page would tell of keys that are gone."""
    assert (ROOT / name).read_text(encoding="utf-8") == PAGES[name](), "make it again: python -m tests.generate"
