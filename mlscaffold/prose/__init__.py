"""Documents as a tree of blocks: read from Markdown and Word, written as Markdown, Word and PDF."""
