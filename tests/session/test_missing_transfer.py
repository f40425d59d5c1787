"""Why a file has not come. If these fail, the technician is sent to look in the wrong place."""

from __future__ import annotations

from ocpptui.network.transfer_desk import VainAttempt
from ocpptui.session.missing_transfer import why_missing


def attempt(peer: str, problem: str) -> VainAttempt:
    return VainAttempt(0.0, "FTP", peer, problem)


def test_what_was_seen_is_said_with_how_often() -> None:
    wrong = "it logged in with a wrong user or password"
    seen = [attempt("10.0.0.5", wrong), attempt("10.0.0.5", wrong), attempt("10.0.0.9", "its URL was used already")]
    assert why_missing("FTP", "10.0.0.1:9002", seen, "10.0.0.1") == (
        f"10.0.0.5 connected by FTP, but {wrong} (2 times). 10.0.0.9 connected by FTP, but its URL was used already."
    )
    many = [attempt(f"10.0.0.{number}", wrong) for number in range(9)]
    assert why_missing("FTP", "h:1", many, "h").endswith(" So did 6 more.")


def test_without_a_request_what_may_be_the_reason_is_said() -> None:
    plain, secure = why_missing("FTP", "h:1", [], "h"), why_missing("HTTPS", "h:1", [], "h")
    assert plain.startswith("No FTP request has reached h:1: a firewall or a NAT may be between the two, ")
    assert "certificate" in secure
    assert "certificate" not in plain
    assert "only be reached from this machine" in why_missing("FTP", "localhost:1", [], "localhost")
