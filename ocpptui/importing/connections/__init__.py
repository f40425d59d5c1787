"""Which charge point and which connection the frames of a log belong to."""
