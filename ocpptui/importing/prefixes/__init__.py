"""What the text before a frame says: its time, direction, charge point and connection."""
