"""The calculators: intervals, sizes, comparisons and metrics, for commands and for checks."""
