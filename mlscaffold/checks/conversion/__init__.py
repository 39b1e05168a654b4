"""Checks of stage 9: exports in the right format, of the right model, with its answers, small and fast."""
