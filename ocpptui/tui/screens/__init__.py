"""The screens, one per file, with their styles beside them."""
