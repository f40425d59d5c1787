"""The widgets, one a file, their styles beside them."""
