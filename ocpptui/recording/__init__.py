"""Our own file format: one record per line, written as things happen, read, followed and indexed."""
