"""The code of this project: one script a verb, run as `python -m project_package.<verb>`."""
