"""Personal data and secrets: found by span, replaced by keyed substitutes, everything else left byte for byte.

rules.py        the table of kinds: what each looks like
placeholders.py what only looks like a secret: examples, templates, words
network.py      addresses: which are public, which are versions
secrets.py      whether a value by its look and its name is a secret
detection.py    bytes -> spans
keys.py         the secret key of the substitutes: in the store, or in codekiln's home
substitutes.py  span -> substitute: same value, same substitute inside a repository
redaction.py    bytes -> bytes
"""
