"""Checks of the research stage."""
