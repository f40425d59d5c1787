"""Objects in JSON with frames in them, or with the parts of frames in their fields."""
