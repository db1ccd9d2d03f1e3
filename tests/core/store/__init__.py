"""One behaviour for every object store, and what each does in trouble."""
