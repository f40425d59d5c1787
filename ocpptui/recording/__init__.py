"""Our own file: one record a line, written as things happen, read, followed and indexed."""
