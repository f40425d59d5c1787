"""The user's folder: configuration, recent sessions, recordings."""
