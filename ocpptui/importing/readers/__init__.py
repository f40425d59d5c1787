"""One file a family of formats of other tools."""
