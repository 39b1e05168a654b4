"""Checks of the training stage."""
