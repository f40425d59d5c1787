"""Who answered: support would ask the wrong company."""

from __future__ import annotations

import pytest

from ocpptui.doctor.answered_by import answered_by, server_time, values_of

ANSWERS = {
    "Server: nginx/1.25.3": ["nginx"],
    "server: awselb/2.0": ["an AWS load balancer"],
    "Server: cloudflare\nCF-RAY: 8f1-FRA": ["Cloudflare"],
    "Via: 1.1 varnish, 1.1 google": ["Varnish", "Google Cloud's load balancer"],
    "Server: Microsoft-Azure-Application-Gateway/v2": ["Azure Application Gateway"],
    "Server: Apache-Coyote/1.1": ["Tomcat"],
    "Server: Apache/2.4": ["Apache"],
    "server: istio-envoy\nx-envoy-upstream-service-time: 3": ["Istio (Envoy)", "Envoy"],
    "X-Powered-By: Express": ["Express (Node.js)"],
    "x-amzn-RequestId: 0815\nx-amz-apigw-id: abc": ["Amazon API Gateway"],
    "Server: Python/3.12 websockets/15.0": ["the Python package websockets"],
    "Server: something of our own": [],
    "Content-Type: text/html": [],
}


@pytest.mark.parametrize("lines", ANSWERS)
def test_servers_and_gateways_are_known_by_their_headers(lines: str) -> None:
    assert answered_by(lines.splitlines()) == ANSWERS[lines]


def test_the_date_of_an_answer_is_its_clock() -> None:
    """In the form that HTTP demands, and not where somebody wrote something else."""
    assert server_time(["date: Thu, 26 Nov 2026 10:00:00 GMT"]) == 1_795_687_200_000_000
    for wrong in ("Date: now", "Date:", "Date: Thu, 99 Nov 2026 10:00:00 GMT", "Dates: Thu, 26 Nov 2026 10:00:00 GMT"):
        assert server_time([wrong]) is None
    assert values_of("www-authenticate", ["WWW-Authenticate: Basic", "x: y"]) == ["Basic"]
