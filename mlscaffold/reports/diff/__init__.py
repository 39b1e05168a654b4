"""What changed in the data between two commits: for the terminal, for a pull request, as a page."""
