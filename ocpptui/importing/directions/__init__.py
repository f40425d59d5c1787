"""Which way the frames of a log went."""
