"""Checks of what concerns every stage."""
