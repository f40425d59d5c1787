"""How charge points did over a recording: uptime, sessions, faults, latencies."""
