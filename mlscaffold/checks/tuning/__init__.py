"""Checks of stage 8: a search on validation, a gain that is more than chance, thresholds met, and the real world."""
