"""Checks of the problem stage."""
