from __future__ import annotations

from time import process_time

import pytest

from ocpptui.importing.words.name_forms import (
    is_never,
    is_path,
    is_path_word,
    is_placeholder,
    is_short_number,
    is_word,
    path_name,
    without_closing,
    without_kind,
)


@pytest.mark.parametrize("name", ["ws-01", "host-02", "site1.cp1", "Wallbox"])
def test_some_words_are_names_if_the_file_shows_it(name: str) -> None:
    """A charge point of such a name would have none, or every host would be one."""
    assert is_word(name, alone=False)
    assert not is_never(name)


@pytest.mark.parametrize(
    "name",
    [
        "http-nio-8080-exec-3", "nioEventLoopGroup-3-1", "c.a.o.WsHandler:88", "csms.ws:handle:88", "csms::ws::handler",
        "csms-7d9f8c6b5-x2x9k", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "10.0.0.5:51000", "2001:db8::1", "BootNotification",
        "received", "12ms", "Z07:00", "+02:00", "UTC+01:00", "10:30", "10:30:00Z",
    ],
)  # fmt: skip
def test_threads_classes_pods_zones_and_addresses_are_never_names(name: str) -> None:
    """They come by turns as charge points do."""
    assert is_never(name)


@pytest.mark.parametrize("name", ["AA:BB:CC:00:11:22", "6f9619ff-8b86-d011-b42d-00c04fc964ff", "DE*ABC*E123", "100234"])
def test_names_of_odd_form_are_names(name: str) -> None:
    assert not is_word(name, alone=False)
    assert not is_never(name)


def test_a_number_of_few_digits_is_rather_that_of_a_connector() -> None:
    assert is_short_number("12")
    assert not is_short_number("45215306")


def test_a_path_has_words_before_the_name() -> None:
    assert all(map(is_path_word, ["ocpp", "ocpp1.6", "charge-points", "steve"]))
    assert not is_path_word("CP-77")


@pytest.mark.parametrize(
    "path",
    [
        "/usr/local/lib/python3.9/site-packages/ocpp/messages.py", "/opt/csms7/lib/ocpp/server.js:88",
        "/srv/app42/ocpp/handler.go:17", "file:///srv/app42/dist/ws.ts:88:12",
    ],
)  # fmt: skip
def test_no_directory_of_a_source_file_is_a_name(path: str) -> None:
    """The frames after a traceback would be those of a charge point python3.9."""
    assert path_name(path) is None


PATHS = (
    "/ocpp/{}", "/ocpp/tenant-a/{}", "wss://csms.example/ocpp/tenant-a/{}", "/steve/websocket/CentralSystemService/{}",
    "/org/123/cp/{}", "/api/v1/tenants/acme/ocpp/1.6/{}", "/ocpp/6f9619ff-8b86-d011-b42d-00c04fc964ff/{}", "/acme/{}",
    "ws://10.0.0.5:8080/acme/north/{}", "/ocpp/tenant-a/{}/ocpp1.6", "/sites/3/chargers/{}", "/v2/operators/7/ws/{}",
    "/ocpp?tenant=acme&cp={}", "/ocpp/?id={}&v=1.6", "wss://csms.example/ws?chargePointId={}", "chargers/{}/messages",
    "/ocpp/tenant-a?station_id={}",
)  # fmt: skip


@pytest.mark.parametrize("name", ["CP001", "CP1", "Garage", "7", "12", "DE*ACM*E1", "00:1A:2B:3C:4D:5E", "site.12.a"])
@pytest.mark.parametrize("path", PATHS)
def test_a_path_names_the_charge_point_behind_its_owner(path: str, name: str) -> None:
    """All charge points of a customer would be one, with the name of the customer."""
    span = path_name(path.format(name))
    assert span is not None
    assert path.format(name)[slice(*span)] == name


@pytest.mark.parametrize(
    ("path", "is_one"),
    [("/CP-1", True), ("ocpp/CP-1", True), ("a/b/c", True), ("DE/ACM", False), ("CP-1", False), ("cp/", True)],
)
def test_a_name_with_a_slash_is_no_path(path: str, is_one: bool) -> None:
    assert is_path(path) is is_one


@pytest.mark.parametrize("name", ["TACW****", "LeYK1JCB7XxHYG********", "**12345", "GRS-170000xxxxx"])
def test_a_name_that_somebody_masked_in_part_is_one(name: str) -> None:
    """Two charge points of a log that was posted would be one."""
    assert not is_placeholder(name)
    assert is_placeholder("*****")


@pytest.mark.parametrize(
    "text", ["[id=4, uri={}]", "({})", "<{}>", "connected to {}, waiting", "see {}.", "{{url: {}}}"]
)
def test_what_is_behind_a_url_is_not_part_of_its_name(text: str) -> None:
    url = "ws://10.0.0.5:8080/steve/websocket/CentralSystemService/100"
    written = text.format(url)
    assert without_closing(written[written.index("ws:") :].split(" ")[0]) == url
    assert without_closing("ws://host/CP(1)") == "ws://host/CP(1)"


def test_a_long_name_of_a_program_is_known_within_milliseconds() -> None:
    """A thread named by many digits would stop the import of its log for ever."""
    assert is_never("PaymentTask" + "1" * 500)
    start = process_time()
    assert not is_never("PaymentTask" + "1" * 90 + "é")
    assert process_time() - start < 1


@pytest.mark.parametrize("written", ["CP#CP-77", "station_id#CP-77", "CHARGEPOINT#CP-77", '="CP-77"', "CP-77"])
def test_the_kind_of_a_key_is_no_part_of_the_name(written: str) -> None:
    """The charge point of an export of DynamoDB or for Excel would not be that of the same charge point in a log."""
    assert without_kind(written) == "CP-77"


@pytest.mark.parametrize("name", ["Garage#1", "CP#1#2", "#7", '="a"b"'])
def test_a_name_may_have_a_number_sign(name: str) -> None:
    """All the places of a garage would be called by their numbers."""
    assert without_kind(name) == name
