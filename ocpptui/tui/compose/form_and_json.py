"""The form and the JSON of a message, kept in step."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer

from ocpptui.compose.composer import Composer
from ocpptui.tui.compose.debounce import Following
from ocpptui.tui.compose.form import Form
from ocpptui.tui.compose.json_area import JsonArea

LARGE = 50_000
"""Characters of JSON from which form, text and violations are updated only when the typing pauses."""


class FormAndJson:
    """Hands each change of one side to the composer and to the other side.

    `shows_json` says whether the JSON is on the screen; `edited` is called after each change.
    """

    def __init__(
        self,
        composer: Composer,
        form: Form,
        json: JsonArea,
        set_timer: Callable[[float, Callable[[], None]], Timer],
        *,
        shows_json: Callable[[], bool],
        edited: Callable[[], object],
    ) -> None:
        self._composer = composer
        self._form = form
        self._json = json
        self._shows_json = shows_json
        self._edited = edited
        self._following = Following(set_timer)

    def show(self) -> None:
        """Update both sides from the composer."""
        self._form.show(self._composer.draft)
        self._show_violations()
        self.show_json()

    def show_json(self) -> None:
        """Update the JSON if it is on the screen."""
        if self._shows_json() and self._json.content != self._composer.text:
            self._json.show_text(self._composer.text)

    def settle(self) -> None:
        """Follow now what was edited last."""
        self._following.settle()

    def finish(self) -> None:
        """Give the composer what was edited last; the screen goes."""
        if self._following.waiting == self._follow_form:
            self._composer.edited()
        elif self._following.waiting == self._follow_json:
            self._composer.edit_text(self._json.content)

    def form_edited(self) -> None:
        """The form has changed the draft."""
        self._follow(self._follow_form)

    def json_edited(self) -> None:
        """The user has typed into the JSON."""
        self._follow(self._follow_json)

    def replace_json(self, text: str) -> None:
        """Use another JSON text."""
        self._json.show_text(text)
        self._follow_json()

    def _follow(self, follow: Callable[[], None]) -> None:
        self._following.do(follow, later=len(self._composer.text) > LARGE)

    def _follow_form(self) -> None:
        self._composer.edited()
        self._after_edit()
        self.show_json()

    def _follow_json(self) -> None:
        text = self._json.content
        if text == self._composer.text:
            return
        draft = self._composer.draft
        self._composer.edit_text(text)
        if self._composer.draft is not draft:
            self._form.show(self._composer.draft)
        self._after_edit()

    def _after_edit(self) -> None:
        self._show_violations()
        self._edited()

    def _show_violations(self) -> None:
        self._form.show_violations(self._composer.draft.place(self._composer.violations))
