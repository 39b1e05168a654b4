"""Checks of the model stage."""
