"""Scripts that set up and keep the tree; not part of the package."""
