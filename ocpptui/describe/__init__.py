"""Words for people, for screen, headless output and reports alike."""
