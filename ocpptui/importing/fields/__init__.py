"""What the names and values of fields and columns state, in objects, tables and lines alike."""
