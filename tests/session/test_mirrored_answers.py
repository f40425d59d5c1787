"""Answers of two central systems side by side. A difference that is missed is found by customers."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

from ocpptui.network.relayed_connection import RelayLeg
from ocpptui.ocpp.version import Direction
from ocpptui.session.mirrored_answers import MirroredAnswers
from ocpptui.timeline.record import Record, message_record

CALL = '[2,"1","Authorize",{"idTag":"A"}]'


class Answers(MirroredAnswers):
    """What is said is kept."""

    def __init__(self) -> None:
        self.said: list[str] = []
        super().__init__(cast(RelayLeg, None), self._keep)

    def _keep(self, connection: Any, text: str, detail: Any) -> int:
        self.said.append(text)
        return 0

    def copy(self, record: Record) -> None:
        self._called(record)

    def mirror_says(self, text: str) -> None:
        self._heard(record(text, Direction.TO_CHARGE_POINT))

    async def close(self) -> None:
        """There is nothing to end."""


def record(text: str, direction: Direction = Direction.TO_CSMS) -> Record:
    return message_record(text, time=0, connection=1, direction=direction)


def answer(status: str) -> str:
    return f'[3,"1",{{"idTagInfo":{{"status":"{status}"}}}}]'


async def test_it_makes_no_difference_which_answer_comes_first() -> None:
    for is_first in (False, True):
        answers = Answers()
        answers.copy(record(CALL))
        if is_first:
            answers.mirror_says(answer("Blocked"))
        answers.compare(record(answer("Accepted"), Direction.TO_CHARGE_POINT))
        if not is_first:
            answers.mirror_says(answer("Blocked"))
        await asyncio.sleep(0)  # the note follows the record of the answer
        assert answers.said == [
            'The mirror answers Authorize differently: $.idTagInfo.status: "Blocked" instead of "Accepted"'
        ]
        assert answers.differences == 1


async def test_equal_answers_and_those_to_nothing_are_not_mentioned() -> None:
    answers = Answers()
    answers.mirror_says(answer("Blocked"))
    answers.compare(record(answer("Blocked"), Direction.TO_CHARGE_POINT))
    answers.copy(record(CALL))
    answers.compare(record(answer("Accepted"), Direction.TO_CHARGE_POINT))
    answers.mirror_says(answer("Accepted"))
    assert answers.said == [] and answers.differences == 0


def test_what_the_mirror_says_of_its_own_is_said_not_to_pass() -> None:
    answers = Answers()
    answers.mirror_says('[2,"7","Reset",{"type":"Soft"}]')
    answers.mirror_says("[2,")
    assert answers.said == [
        "The mirror sent Reset; it was not passed on.",
        "The mirror sent a message that cannot be read; it was not passed on.",
    ]


def test_many_differences_are_named_up_to_a_number() -> None:
    answers = Answers()
    answers.copy(record('[2,"1","DataTransfer",{"vendorId":"v"}]'))
    answers.compare(record(json.dumps([3, "1", dict.fromkeys("abcdefgh", 1)])))
    answers.mirror_says(json.dumps([3, "1", dict.fromkeys("abcdefgh", 2)]))
    (said,) = answers.said
    assert said.count("instead of") == 5 and said.endswith("and 3 more")
