"""One debugging session: connections, timeline, recording and behaviour behind one set of commands."""
