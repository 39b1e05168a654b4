"""Data sets: one neutral record, readers, the scanner, duplicates, splits and statistics."""
