"""The screen: Textual widgets over a session."""
