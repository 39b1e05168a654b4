"""Renderers: one file a format; each turns what was found into bytes or text, and runs no check."""
