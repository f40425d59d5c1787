"""Registration on the screen. If this fails, a charge point that is kept Pending waits for its interval."""

from __future__ import annotations

from pathlib import Path

from ocpptui.network.server_settings import ServerSettings
from ocpptui.ocpp.version import Role
from ocpptui.session.session import Session
from ocpptui.session.settings import session_settings
from tests.kit.session_view import screen_over


async def test_registrations_and_tokens_are_changed_on_screen(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.toml"
    tokens.write_text("[[token]]\nid = 'A'")
    central = Session(role=Role.CENTRAL_SYSTEM, settings=session_settings({"tokens": str(tokens)}, Role.CENTRAL_SYSTEM))
    control = central.central_system
    try:
        await central.listen(ServerSettings(host="127.0.0.1", port=0))
        async with screen_over(central) as screen:
            await screen.press("W")
            await screen.shows("Register every charge point:", "Next boot: Accepted.", "Reject until you accept")
            await screen.press("down", "enter")
            await screen.until(lambda: str(control.plan_of("")) == "Pending", "the plan")
            await screen.press("W", "r")
            await screen.until(lambda: str(control.plan_of("")) == "Rejected", "the next plan")
            tokens.write_text("[[token]]\nid = 'A'\n[[token]]\nid = 'B'")
            await screen.press("W", "t")
            await screen.until(lambda: len(control.tokens) == 2, "the tokens")
            tokens.write_text("[[token]]\nid = 7")
            await screen.press("W", "t")
            await screen.until(lambda: any("id in [[token]] 1" in said for said in screen.notices()), "what is wrong")
            assert len(control.tokens) == 2
    finally:
        await central.close()
