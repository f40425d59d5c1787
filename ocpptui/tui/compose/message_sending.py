"""Sending what is composed: the message, its answer, and the command that would do the same."""

from __future__ import annotations

from collections.abc import Callable

from ocpptui.compose.composer import Composer, Purpose
from ocpptui.compose.filled_payload import payload_questions
from ocpptui.compose.placeholders import WrongPlaceholder
from ocpptui.describe.copy_formats import Copied, Nothing, copied
from ocpptui.describe.network_problems import problem_text
from ocpptui.network.problems import NotConnected
from ocpptui.runtime.tasks import Tasks
from ocpptui.tui.compose.answer_view import AnswerView
from ocpptui.tui.compose.questions import ask_all


class MessageSending:
    """Sends messages of a composer and shows what becomes of the last one.

    `unfit` is called when a message is not valid with its placeholders filled in, `settled` when a message has its
    answer or will get none, `answered` with the action when the answer to a waiting call was sent.
    """

    def __init__(
        self,
        composer: Composer,
        view: AnswerView,
        clock: Callable[[], int],
        *,
        unfit: Callable[[], object],
        settled: Callable[[], object],
        answered: Callable[[str], None],
    ) -> None:
        self._composer = composer
        self._view = view
        self._clock = clock
        self._unfit = unfit
        self._settled = settled
        self._answered = answered
        self._tasks = Tasks("compose")
        self._sendings = 0
        self.command = ""
        """The command that would send the last call; empty if there is none."""
        self.why_no_command = "Nothing was sent yet."

    def send(self, *, anyway: bool) -> None:
        """Send the composed message; `anyway` also if it is not valid with its placeholders filled in."""
        self._begin(None, anyway)

    def send_raw(self, text: str) -> None:
        """Send any text."""
        self._begin(text, True)

    def _begin(self, raw: str | None, anyway: bool) -> None:
        self._sendings += 1
        self._tasks.start(self._send(self._sendings, raw, anyway), f"sending {self._sendings}")

    async def close(self) -> None:
        """Wait for no more answers."""
        await self._tasks.cancel()

    async def _send(self, number: int, raw: str | None, anyway: bool) -> None:
        """If several messages wait for answers, only the last one's answer is shown."""
        composer = self._composer
        name = "raw text" if raw is not None else composer.action
        payload = None
        if raw is None and composer.has_placeholders and (payload := await self._filled(anyway)) is None:
            return
        try:
            index = await (composer.send(payload) if raw is None else composer.send_raw(raw))
        except NotConnected as error:
            self._view.show_note(f"not sent: {problem_text(error.problem)}", failed=True)
            return
        if composer.purpose is Purpose.CHANGE or (composer.purpose is not Purpose.CALL and raw is None):
            self._answered(name)
            return
        session = composer.session
        if number == self._sendings:
            text = copied(session.timeline, index, Copied.COMMAND, session.control_name)
            if isinstance(text, Nothing):
                self.command, self.why_no_command = "", text.why
            else:
                self.command = text
            self._view.show_waiting(name)
            self._view.show_command(self.command)
        answer = await composer.answer_to(index)
        self._settled()
        if number == self._sendings:
            self._view.show_answer(name, answer, session.timeline)

    async def _filled(self, anyway: bool) -> str | None:
        """The payload with its placeholders filled in; None if it is not sent."""
        composer, text = self._composer, self._composer.text
        answers = await ask_all(self._view.app, payload_questions(text), composer.memory.answers)
        if answers is None or composer.text != text:
            return None
        try:
            payload = composer.fill(answers, self._clock())
        except WrongPlaceholder as wrong:
            self._view.show_note(f"not sent: {wrong}", failed=True)
            return None
        if composer.filled_problems and not anyway:
            self._view.show_note(f"with its placeholders filled in: {composer.filled_problems[0]}", failed=True)
            self._unfit()
            return None
        return payload
