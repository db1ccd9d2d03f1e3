"""codekiln: train, judge and serve a code model of your own.

One package, one folder a service; `core` is what they share and imports none of them.
Services meet only through the object store and the contracts in `codekiln.v1`.
"""

__version__ = "0.1.0"
