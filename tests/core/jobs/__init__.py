"""Jobs: the record, its repository, and what kills cannot do to it."""
