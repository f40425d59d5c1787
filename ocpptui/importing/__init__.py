"""Foreign captures: what other tools wrote, read as records. One file a family of formats.

A reader turns a file into what it found (`found.Found`): frames with whatever the file says about them. What the file
does not say (direction, time zone, version, connection) is inferred afterwards, in one place for all formats
(`inference`), and marked as guessed.
"""
