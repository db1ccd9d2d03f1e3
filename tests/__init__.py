"""The tests mirror services/codekiln; e2e/ drives the command line as a person does."""
