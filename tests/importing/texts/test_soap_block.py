"""The lines that logging interceptors write around an envelope."""

from __future__ import annotations

import pytest

from ocpptui.importing.texts.soap_block import exchange_in, is_header_date


@pytest.mark.parametrize(
    ("prefix", "above", "expected"),
    [
        ("Payload: ", ["Headers: {}", "ID: 12", "Inbound Message"], "12"),
        ("    Payload: ", ["    PortName: P", "    ExchangeId: 5d9c-b1"], "5d9c-b1"),
        ("INFO exchangeId=7 ", ["ID: 9"], "7"),
        ("got: ", ["nothing"], ""),
    ],
)
def test_the_block_names_its_exchange(prefix: str, above: list[str], expected: str) -> None:
    assert exchange_in(prefix, above) == expected


def test_the_date_of_a_header_is_not_that_of_the_log() -> None:
    """It is by the clock of the charge point, which may be years behind."""
    assert is_header_date("Date: Sat, 14 Mar 2026 07:11:12 GMT")
    assert is_header_date('    Headers: {Accept=*/*, Date="Sat, 14 Mar 2026 07:11:12 GMT"}')
    assert not is_header_date("Date: 2026-03-14 07:11:12")
