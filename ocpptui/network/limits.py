"""The default limits of both sides for a peer. Sizes in bytes, times in seconds."""

from __future__ import annotations

MAX_SIZE = 16 * 1024 * 1024
"""Of a message, decompressed."""
QUEUE_DEPTH = 64
"""How many messages are read from a peer that does not read ours."""
MAX_CONNECTIONS = 5000
"""The most charge points connected at once."""
OPEN_TIMEOUT = 10.0
"""For an opening handshake."""
CLOSE_TIMEOUT = 3.0
"""For the peer to answer a Close frame and end the TCP connection."""
PING_INTERVAL = 20.0
PING_TIMEOUT = 20.0
"""For a pong of a peer that has answered pings before."""
