"""What of a request goes on. A header that is lost or left over changes what the other side makes of it."""

from __future__ import annotations

from ocpptui.network.http_exchange import HttpAnswer, HttpRequest, passing_headers


def test_the_headers_of_one_leg_end_here_and_all_others_go_on() -> None:
    given = (
        ("Host", "laptop:9000"),
        ("SOAPAction", "/Heartbeat"),
        ("Connection", "close, X-Hop"),
        ("X-Hop", "1"),
        ("Content-Length", "7"),
        ("Expect", "100-continue"),
        ("Transfer-Encoding", "chunked"),
        ("Proxy-Authorization", "Basic x"),
        ("Authorization", "Basic y"),
        ("X-Twice", "1"),
        ("x-twice", "2"),
    )
    assert passing_headers(given) == (
        ("SOAPAction", "/Heartbeat"),
        ("Authorization", "Basic y"),
        ("X-Twice", "1"),
        ("x-twice", "2"),
    )


def test_a_changed_text_is_not_said_to_be_compressed() -> None:
    headers = (("content-encoding", "gzip"), ("Content-Type", "text/xml"))
    request = HttpRequest("http://there/", b"packed", headers).with_text(b"<x/>")
    assert (request.url, request.body, request.headers) == ("http://there/", b"<x/>", headers[1:])
    answer = HttpAnswer(200, b"packed", headers).with_text(b"<y/>", 500)
    assert (answer.status, answer.body, answer.headers) == (500, b"<y/>", headers[1:])
