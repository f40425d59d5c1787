"""A script gives a command by its everyday name; otherwise the error says what is missing."""

from __future__ import annotations

import pytest

from ocpptui.compose.remote_sending import command_targets
from ocpptui.control.command_request import WrongCommand, scripted_call
from ocpptui.ocpp.version import Version
from tests.kit.station_bench import station_bench


async def test_values_answer_the_questions_by_name_or_in_their_order() -> None:
    async with station_bench(Version.V16) as (central, _):
        [target] = command_targets(central, list(central.connections))
        by_order = await scripted_call(central, target, "start", ["CAFE"])
        by_name = await scripted_call(central, target, "start", ["token=CAFE"])
        assert by_order == by_name
        assert (by_name.action, by_name.payload["idTag"]) == ("RemoteStartTransaction", "CAFE")


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("dance", [], "the commands of OCPP 1.6 are start, "),
        ("limit", [], "Give limit=…"),
        ("limit", ["much"], "much"),
        ("clear-cache", ["now"], "clear-cache does not ask for 'now'"),
    ],
)
async def test_what_cannot_be_done_says_what_is_missing(name: str, values: list[str], words: str) -> None:
    async with station_bench(Version.V16) as (central, _):
        [target] = command_targets(central, list(central.connections))
        with pytest.raises(WrongCommand) as error:
            await scripted_call(central, target, name, values)
        assert words in str(error.value)
