"""Scaffold a machine-learning project, and prove each of its ten stages."""

__version__ = "0.1.0"
