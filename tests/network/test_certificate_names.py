"""Whose certificate it is: a charge point would get in with that of another, or not with its own."""

from __future__ import annotations

from typing import Any

import pytest

from ocpptui.network.certificate_names import misnamed
from ocpptui.network.problems import ProblemCode as P


@pytest.mark.parametrize(
    ("names", "organisation", "known_as", "code"),
    [
        ({"commonNames": ["CP001"]}, None, (), None),
        ({"commonNames": ["SN-7"]}, None, ("CP001", "SN-7"), None),
        ({"commonNames": ["SN-7"]}, None, (), P.CERTIFICATE_OF_ANOTHER_CHARGE_POINT),
        ({"commonNames": ["CP0011"]}, None, (), P.CERTIFICATE_OF_ANOTHER_CHARGE_POINT),
        ({"commonNames": ["x"], "names": ["CP001"]}, None, (), P.ID_ONLY_IN_ALTERNATIVE_NAME),
        ({"names": ["other"]}, None, (), P.CERTIFICATE_OF_ANOTHER_CHARGE_POINT),
        ({}, None, (), P.CERTIFICATE_WITHOUT_NAME),
        ({"commonNames": ["CP001"], "organisations": ["Op"]}, "Op", (), None),
        ({"commonNames": ["CP001"], "organisations": ["Else"]}, "Op", (), P.CERTIFICATE_OF_ANOTHER_ORGANISATION),
        ({"commonNames": ["CP001"]}, "Op", (), P.CERTIFICATE_OF_ANOTHER_ORGANISATION),
    ],
)
def test_it_is_that_of_the_charge_point_and_its_operator(
    names: Any, organisation: str | None, known_as: tuple[str, ...], code: P | None
) -> None:
    found = misnamed(names, "CP001", organisation, known_as)
    assert (None if found is None else found.code) is code
