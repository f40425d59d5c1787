"""What a user changes of the simulated central system while it runs: registrations and tokens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ocpptui.session.behaviours import Behaviours
from ocpptui.session.token_file import read_tokens
from ocpptui.simulator.token_table import TokenTable, token_table

if TYPE_CHECKING:
    from ocpptui.session.settings import SessionSettings
    from ocpptui.simulator.central_system_memory import CentralSystemMemory
    from ocpptui.simulator.effects import Behaviour, Effect
    from ocpptui.simulator.registrations import RegistrationPlan


class CentralSystemControl:
    """Of one session that plays the central system."""

    def __init__(
        self,
        memory: CentralSystemMemory,
        settings: SessionSettings,
        behaviours: Behaviours,
        act: Callable[[Behaviour, list[Effect]], None],
        note: Callable[[str], None],
    ) -> None:
        """`act` carries out effects, `note` says in the log what has changed."""
        self.memory = memory
        """What the central system knows of all charge points."""
        self._settings = settings
        self._behaviours = behaviours
        self._act = act
        self._note = note

    @property
    def tokens_file(self) -> Path | None:
        """The file that the tokens came from, if there is one."""
        return self._settings.tokens_file

    @property
    def tokens(self) -> TokenTable:
        """The tokens that are known now."""
        return self.memory.tokens

    def register(self, plan: RegistrationPlan, charge_point: str = "") -> str:
        """Answer the next BootNotification of a charge point, or of all, by this plan; return what that means.

        One that is Pending is asked to boot at once.
        """
        self.memory.registrations.change(plan, charge_point)
        words = f"Next boot of {charge_point or 'every charge point'}: {plan}."
        self._note(words)
        for behaviour in self._behaviours.central_systems(charge_point):
            if plan.status != "Pending" and (effects := behaviour.registration_changed()):
                self._act(behaviour, effects)
        return words

    def tell_authority(self) -> None:
        """Say in the log which CA signs certificates, if there is one."""
        settings = self._settings.central_system
        if settings is not None and settings.authority is not None:
            where = settings.authority.place
            self._note(f"CA that signs certificates: {where}.")

    def plan_of(self, charge_point: str) -> RegistrationPlan:
        """What is left of the plan in force."""
        return self.memory.registrations.left(charge_point)

    def status_of(self, charge_point: str) -> str:
        """What the last BootNotification was answered; empty if there was none."""
        return self.memory.registrations.status(charge_point)

    def read_tokens_again(self) -> str:
        """Read the file of the tokens once more; return what that means. Raises WrongTokens; then nothing changes."""
        assert self.tokens_file is not None
        return self.use_tokens(read_tokens(self.tokens_file))

    def use_tokens_in(self, text: str) -> str:
        """Use the tokens in a text in TOML from now on. Raises WrongTokens; then nothing changes."""
        return self.use_tokens(token_table(text))

    def use_tokens(self, table: TokenTable) -> str:
        """Use these tokens from now on; those that the settings reject stay rejected."""
        self.memory.tokens = table.with_status("Blocked", *self._settings.rejected_tokens)
        number = len(self.memory.tokens)
        words = f"Known tokens: {number}; all others are {table.unknown}."
        self._note(words)
        return words
