"""An audit of predictions, for people and for machines."""
