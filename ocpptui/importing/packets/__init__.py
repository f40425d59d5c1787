"""Frames in bytes: dumps, literals, packets and the WebSocket messages in them."""
