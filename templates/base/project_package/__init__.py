"""The code of this project: one script a verb, each run as `python -m project_package.<verb>`."""
