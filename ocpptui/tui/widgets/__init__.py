"""The widgets, one per file, with their styles beside them."""
