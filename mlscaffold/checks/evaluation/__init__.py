"""Checks of stage 7: numbers that anybody can recompute, of the chosen checkpoint, on the untouched test set."""
