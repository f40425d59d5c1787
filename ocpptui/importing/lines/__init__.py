"""The lines of a log: the frames in them, and what the lines around them say."""
