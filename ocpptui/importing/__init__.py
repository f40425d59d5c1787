"""Captures written by other tools, read as records. One file per family of formats.

A reader turns a file into `FoundFrame` values: frames with whatever the file says about them. What the file does not
say (direction, time zone, version, connection) is inferred afterwards, in one place for all formats (`inference`), and
marked as inferred.
"""
