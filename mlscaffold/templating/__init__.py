"""From answers to a project: catalog, answers, compose (layers into one tree), render (cookiecutter), lineage (the first commit)."""
