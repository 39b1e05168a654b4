"""`python -m mlscaffold`: the command line without its script."""

from mlscaffold.cli import main

if __name__ == "__main__":
    main()
