"""What `mlscaffold demo` brings along: documents for a project on scikit-learn's handwritten digits."""
