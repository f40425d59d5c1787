"""Sockets: bytes become records, text becomes bytes, problems become codes and facts.

`timeline.connection_detail` says what the detail of a CONNECTION record holds, beside its `event`. Of a PING or PONG
it holds `data` where there is any, and `roundTripMs` of the PONG to a ping of ours; of a message `binary` where it did
not come as text.
"""
