"""Sending what is composed: the message, its answer, and the command that would do the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ocpptui.compose.composer import Composer, Purpose
from ocpptui.describe.copy_formats import Copied, Nothing, copied
from ocpptui.describe.network_problems import problem_text
from ocpptui.network.problems import NotConnected
from ocpptui.runtime.tasks import Tasks
from ocpptui.tui.compose.answer_view import AnswerView


class MessageSending:
    """Sends messages of a composer and shows what becomes of the last one.

    `settled` is called when a message has its answer or will get none, `answered` with the action when the answer to a
    waiting call was sent.
    """

    def __init__(
        self, composer: Composer, view: AnswerView, settled: Callable[[], object], answered: Callable[[str], None]
    ) -> None:
        self._composer = composer
        self._view = view
        self._settled = settled
        self._answered = answered
        self._tasks = Tasks("compose")
        self._sendings = 0
        self.command = ""
        """The command that would send the last call; empty if there is none."""
        self.why_no_command = "Nothing was sent yet."

    def start(self, raw: str | None, filled: Callable[[], Awaitable[str | None]] | None = None) -> None:
        """Send `raw`, or the composed message if it is None.

        `filled` returns its payload with the placeholders filled in, or None if it is not sent.
        """
        self._sendings += 1
        self._tasks.start(self._send(self._sendings, raw, filled), f"sending {self._sendings}")

    async def close(self) -> None:
        """Wait for no more answers."""
        await self._tasks.cancel()

    async def _send(self, number: int, raw: str | None, filled: Callable[[], Awaitable[str | None]] | None) -> None:
        """If several messages wait for answers, only the last one's answer is shown."""
        composer = self._composer
        name = "raw text" if raw is not None else composer.action
        payload = None
        if filled is not None and (payload := await filled()) is None:
            return
        try:
            index = await (composer.send(payload) if raw is None else composer.send_raw(raw))
        except NotConnected as error:
            self._view.show_note(f"not sent: {problem_text(error.problem)}", failed=True)
            return
        if composer.purpose is not Purpose.CALL and raw is None:
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
