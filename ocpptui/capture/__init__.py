"""Files: recordings written, read and followed."""
