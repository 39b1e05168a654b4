"""Checks of the collection stage."""
