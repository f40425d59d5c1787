"""Sockets: bytes become records, text becomes bytes, problems become codes and facts.

`timeline.connection_detail` lists what the detail of a CONNECTION record contains, besides its `event`. The detail of a
PING or PONG contains `data` if there is any, and for the PONG to our ping `roundTripMs`; that of a message contains
`binary` if it did not arrive as text.
"""
