"""Personal data and secrets: found by span, replaced by keyed substitutes, everything else left byte for byte.

rules.py        the table of kinds: what each looks like
providers.py    of it: keys and tokens with a form of their own
contexts.py     of it: where secrets without a form of their own stand
commands.py     of it: passwords that commands take
people.py       telephone numbers and names, found only where asked for
blocks.py       secrets of several lines: private keys, Kubernetes Secrets
placeholders.py what only looks like a secret: examples, templates
wordiness.py    words and random characters told apart
network.py      addresses: which are public, which are versions
mail.py         e-mail addresses: which reach somebody
secrets.py      whether a value by its look and its name is a secret
surroundings.py what stands before a value
checks.py       whether what a rule found is to be replaced, by the four above
detection.py    bytes -> spans
keys.py         the secret key of the substitutes: in the store, or in codekiln's home
substitutes.py  span -> substitute: same value, same substitute inside a repository
redaction.py    bytes -> bytes
"""
