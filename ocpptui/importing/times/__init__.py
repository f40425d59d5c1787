"""When the frames of a file were sent: notations of times, dates, zones, clocks."""
