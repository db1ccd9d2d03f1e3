"""The contracts themselves."""
