"""Tables with frames in their cells, or with the parts of frames in their columns."""
