"""Ports that tests hold for a program (`tests/kit/held_ports.py`).

If they fail, a test takes the port of another one that runs at the same time.
"""

from __future__ import annotations

import socket

import pytest

from tests.kit.held_ports import held_ports


def test_a_program_can_listen_at_each_of_them_and_nobody_before_it() -> None:
    with held_ports(3) as first:
        for port in range(first, first + 3):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=60)
            with socket.create_server(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port), timeout=60):
                pass


def test_no_two_holders_get_the_same_port() -> None:
    with held_ports(20) as first, held_ports(20) as second, held_ports() as third:
        assert abs(first - second) >= 20
        assert third not in {*range(first, first + 20), *range(second, second + 20)}


def test_ports_that_somebody_listens_at_are_left_out() -> None:
    """The second port of a range was taken."""
    with held_ports(2) as first, socket.create_server(("127.0.0.1", first + 1)), held_ports(3) as other:
        assert first + 1 not in range(other, other + 3)
