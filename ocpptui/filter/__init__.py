"""The filter language over a timeline, and the rows that it selects."""
