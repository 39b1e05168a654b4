"""Checks of the preparation stage."""
