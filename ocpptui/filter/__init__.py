"""The filter language for timelines, and the rows that a filter selects."""
