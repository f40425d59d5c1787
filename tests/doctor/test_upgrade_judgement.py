"""What the doctor makes of HTTP answers. A wrong verdict has a technician change a password that was right."""

from __future__ import annotations

import pytest

from ocpptui.doctor.examined_step import ExaminedStep, StepState
from ocpptui.doctor.path_variants import PathVariant
from ocpptui.doctor.upgrade_judgement import (
    BODY_LINES,
    UpgradeAttempt,
    asks_for_path,
    authentication_remark,
    compression_step,
    credentials_step,
    gateway_remark,
    is_about_subprotocol,
    is_refusal_for_now,
    leads_on,
    path_step,
    subprotocols_step,
    upgrade_step,
)
from ocpptui.network.problems import NetworkProblem, ProblemCode

OFFERED = ("ocpp1.6",)


def opened(subprotocol: str | None = "ocpp1.6", offered: tuple[str, ...] = OFFERED) -> UpgradeAttempt:
    return UpgradeAttempt(offered, None, {}, subprotocol)


def answered(status: int, *headers: str, body: str = "", offered: tuple[str, ...] = OFFERED) -> UpgradeAttempt:
    problem = NetworkProblem(ProblemCode.HTTP_STATUS, status=status)
    detail = {"httpStatus": status, "responseStatus": f"{status} X", "responseHeaders": list(headers)}
    return UpgradeAttempt(offered, problem, {**detail, "responseBody": body})  # type: ignore[typeddict-item]


def failing(code: ProblemCode, offered: tuple[str, ...] = OFFERED) -> UpgradeAttempt:
    return UpgradeAttempt(offered, NetworkProblem(code), {})


def codes(step: ExaminedStep) -> list[str]:
    return [remark.code for remark in step.remarks]


# -- the upgrade --------------------------------------------------------------------------------------------------


def test_an_open_websocket_names_the_server() -> None:
    step = upgrade_step(UpgradeAttempt(OFFERED, None, {"responseHeaders": ["Server: nginx"]}, "ocpp1.6"), "/CP1")
    assert (codes(step), step.remarks[0].sentence) == (["websocket-opened"], "A WebSocket was opened. nginx answered.")


def test_a_gateway_that_does_not_reach_the_central_system_is_told_from_it() -> None:
    """Nobody should look for the fault in the central system's log, where no request has come."""
    assert gateway_remark(502, ["nginx"]) is not None
    assert gateway_remark(502, []) is None
    assert gateway_remark(500, ["nginx"]) is None
    assert codes(upgrade_step(answered(503, "Server: nginx"), "/CP1")) == [
        ProblemCode.HTTP_STATUS, "gateway-without-central-system",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "is_wrong"),
    [
        (['WWW-Authenticate: Basic realm="x"'], False),
        (["WWW-Authenticate: Bearer"], True),
        (["WWW-Authenticate: Digest", "www-authenticate: BASIC"], False),
        ([], False),
    ],
)
def test_only_basic_is_something_that_a_charge_point_has(headers: list[str], is_wrong: bool) -> None:
    assert (authentication_remark(headers) is not None) is is_wrong


def test_of_a_long_page_the_beginning_is_shown() -> None:
    step = upgrade_step(answered(404, body="\n".join(f"line {number}" for number in range(50))), "/CP1")
    assert sum(line.startswith("  | ") for line in step.seen) == BODY_LINES


# -- credentials --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "given", "other", "without", "expected"),
    [
        (opened(), None, None, None, "credentials-unasked"),
        (answered(401), None, None, None, "credentials-wanted"),
        (answered(404), None, None, None, "skipped"),
        (opened(), "text", None, answered(401), "credentials-accepted"),
        (opened(), "text", None, opened(), "credentials-not-checked"),
        (answered(401), "text", None, None, "credentials-refused"),
        (answered(401), "text", ("bytes", answered(401)), None, "credentials-refused"),
        (answered(401), "text", ("bytes", opened()), None, "password-read-otherwise"),
        (answered(500), "text", None, None, "skipped"),
    ],
)
def test_what_came_of_the_password(
    first: UpgradeAttempt,
    given: str | None,
    other: tuple[str, UpgradeAttempt] | None,
    without: UpgradeAttempt | None,
    expected: str,
) -> None:
    step = credentials_step(first, given=given, other=other, without=without, withheld=False, is_encrypted=True)
    assert codes(step) == [expected]


def test_a_password_over_plain_http_is_accepted_with_a_word_on_that() -> None:
    step = credentials_step(opened(), given="text", other=None, without=None, withheld=False, is_encrypted=False)
    assert "not encrypted" in step.remarks[0].sentence


def test_a_password_that_was_kept_back_is_not_judged() -> None:
    """The server is not trusted, so that it has never seen the password."""
    step = credentials_step(answered(401), given="text", other=None, without=None, withheld=True, is_encrypted=True)
    assert (step.state, step.seen) == (StepState.SKIPPED, ())


# -- the path -----------------------------------------------------------------------------------------------------

FIRST, SECOND = PathVariant("ws://h/ocpp/CP1", "with /ocpp"), PathVariant("ws://h/CP1/", "with a slash at its end")


@pytest.mark.parametrize(
    ("outcomes", "expected", "url"),
    [
        ((answered(404), opened()), "path-written-otherwise", SECOND.url),
        ((answered(401), answered(404)), "path-may-be-written-otherwise", FIRST.url),
        ((answered(401), opened()), "path-written-otherwise", SECOND.url),
        ((answered(302), answered(404)), "skipped", ""),
        ((answered(404), answered(404)), "path-unknown", "ws://h/CP1"),
    ],
)
def test_another_spelling_of_the_path_is_offered_only_if_it_does_better(
    outcomes: tuple[UpgradeAttempt, UpgradeAttempt], expected: str, url: str
) -> None:
    step = path_step("ws://h/CP1", list(zip((FIRST, SECOND), outcomes, strict=True)))
    assert codes(step) == [expected]
    assert url in step.remarks[0].sentence


# -- subprotocols -------------------------------------------------------------------------------------------------

ALL = ("ocpp2.0.1", "ocpp1.6")


def alone(*outcomes: UpgradeAttempt) -> ExaminedStep:
    return subprotocols_step(outcomes, None, None, ["ocpp1.6"])


def test_the_versions_that_are_taken_and_the_one_that_is_chosen_are_named() -> None:
    step = subprotocols_step(
        [opened(), opened("ocpp2.0.1", ("ocpp2.0.1",))], opened("ocpp2.0.1", ALL), answered(400, offered=()), ALL
    )
    assert codes(step) == ["subprotocols"]
    assert step.remarks[0].sentence == "It takes ocpp1.6, ocpp2.0.1. Of all, it chooses ocpp2.0.1."


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (alone(answered(400)), "subprotocol-none-taken"),
        (alone(opened(None)), "subprotocol-unnamed"),
        (alone(opened("ocpp2.0.1", ("ocpp2.0.1",)), answered(400)), "subprotocol-of-other-versions"),
        (
            alone(failing(ProblemCode.SERVER_CHOSE_UNOFFERED_SUBPROTOCOL)),
            ProblemCode.SERVER_CHOSE_UNOFFERED_SUBPROTOCOL,
        ),
    ],
)
def test_a_charge_point_that_gets_no_version_of_its_own_does_not_get_in(step: ExaminedStep, expected: str) -> None:
    assert (codes(step), step.state) == ([expected], StepState.FAILED)


@pytest.mark.parametrize(
    ("several", "expected"),
    [
        (answered(400, offered=ALL), "subprotocols-refused-together"),
        (opened(None, ALL), "subprotocols-unread-together"),
    ],
)
def test_a_server_that_reads_one_name_alone_works_only_with_one(several: UpgradeAttempt, expected: str) -> None:
    step = subprotocols_step([opened()], several, None, ["ocpp1.6"])
    assert (codes(step), step.state) == ([expected, "subprotocols"], StepState.WARNING)


# -- compression, and what is worth another attempt ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempt", "expected", "state"),
    [
        (UpgradeAttempt(OFFERED, None, {"compression": True}, "ocpp1.6"), "compression-agreed", StepState.OK),
        (opened(), "compression-declined", StepState.OK),
        (answered(400), "compression-breaks-upgrade", StepState.FAILED),
    ],
)
def test_compression_may_be_declined_but_must_not_break_the_upgrade(
    attempt: UpgradeAttempt, expected: str, state: StepState
) -> None:
    step = compression_step(attempt)
    assert (codes(step), step.state) == ([expected], state)


def test_only_what_could_work_is_tried_next() -> None:
    """Each needless attempt counts towards a lock of the account."""
    assert [status for status in (400, 401, 403, 404, 426, 500, 503) if leads_on(answered(status))] == [400, 426, 500]
    assert [status for status in (200, 301, 401, 404, 500) if asks_for_path(answered(status))] == [200, 301, 404]
    assert not asks_for_path(opened())
    assert is_about_subprotocol(failing(ProblemCode.SERVER_CHOSE_UNOFFERED_SUBPROTOCOL))
    assert not is_about_subprotocol(answered(404))
    assert (is_refusal_for_now(answered(429)), is_refusal_for_now(answered(503))) == (True, False)
