"""A scan of a folder of pictures, for people and for machines."""
