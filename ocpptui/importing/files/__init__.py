"""Files as they are found: packed, in archives, rotated, growing; their bytes as lines of text."""
