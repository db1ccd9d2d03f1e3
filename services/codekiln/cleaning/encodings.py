"""What encoded data looks like: the unit, the shortest run that counts, and letters that every run has. Data only."""

from __future__ import annotations

from codekiln.cleaning.patterns import Pattern

_BASE64 = r"[a-zA-Z0-9+/\n=]"
_HEX = r"(?:\b(?:0x|\\x)?[0-9a-fA-F]{2}(?:,|\b[\x09-\x0d\x20]*))"
_ESCAPES = r"(?:\\u[0-9a-fA-F]{4})"
RUNS = {
    "base64": (_BASE64, 64, tuple(b"%c" % c for c in b"abcdefghijklmnopqrstuvwxyz0123456789+/\n=")),
    "hex": (_HEX, 8, tuple(b"%c" % c for c in b"0123456789abcdef")),
    "escape": (_ESCAPES, 8, (b"\\u",)),
}
PATTERNS = tuple(Pattern(f"encoded_{kind}", f"{unit}{{{count}}}", words) for kind, (unit, count, words) in RUNS.items())
