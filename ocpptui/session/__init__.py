"""One debugging session: links, timeline, recording and behaviour behind one set of commands."""
