"""One verb, one function, one file: workflows return values and never print."""
