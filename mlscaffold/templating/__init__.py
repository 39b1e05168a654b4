"""From answers to a project: catalog, answers, compose (layers into a tree), render (cookiecutter), lineage (first commit)."""
