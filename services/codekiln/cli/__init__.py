"""The `codekiln` command: one file a verb or two. Talks to services through codekiln.client only."""
