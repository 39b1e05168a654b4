"""Checks of stage 10: the proved export is served, the alarm rings, and there is a way back."""
