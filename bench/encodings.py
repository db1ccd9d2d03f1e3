"""How often the encoding of a program is found of which a few comments are in some language and not in UTF-8.

    python -m bench.encodings FOLDER [--json]

FOLDER holds translations as `**/locale/LANGUAGE/LC_MESSAGES/*.po`: Django's wheel, unpacked, has some 90 languages.
One, three, twelve of a language's messages become comments of a real program, in each encoding that was usual for it.
Beside ours charset-normalizer, on the same bytes. Right is what gives the text back.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from codekiln.cleaning.steps.legacy_encodings import guess

USUAL = {
    **dict.fromkeys(("fr", "de", "es", "pt", "it", "sv", "nb", "da", "nl", "fi"), ("cp1252",)),
    **dict.fromkeys(("hu", "ro", "sk", "hr"), ("cp1250",)),
    **dict.fromkeys(("pl", "cs"), ("cp1250", "iso8859_2")),
    **dict.fromkeys(("lt", "lv"), ("cp1257",)),
    "ru": ("cp1251", "koi8_r", "cp866"), "uk": ("cp1251", "koi8_u"), "bg": ("cp1251",), "el": ("cp1253",),
    "tr": ("cp1254",), "he": ("cp1255",), "ar": ("cp1256",), "th": ("cp874",), "zh_Hans": ("gb18030",),
    "zh_Hant": ("big5",), "ja": ("cp932", "euc_jp"), "ko": ("cp949",),
}  # fmt: skip
COMMENTS = (1, 3, 12)
TEXTS = 20
_MESSAGE = re.compile(r'^msgstr(?:\[\d\])? "(.+)"$', re.MULTILINE)
_PROGRAM = Path(__file__).read_text().splitlines()[20:60]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the translations lie")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    arguments = parser.parse_args()
    found = measure(list(texts(arguments.folder, random.Random(1))))
    if arguments.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:28} {value:.3f}")


def texts(folder: Path, chance: random.Random) -> Iterator[tuple[int, str, bytes]]:
    """How many comments, the text, and the text as bytes."""
    for language, encodings in USUAL.items():
        files = sorted(folder.glob(f"**/locale/{language}/LC_MESSAGES/*.po"))
        messages = [text for path in files for text in _MESSAGE.findall(path.read_text()) if not text.isascii()]
        for encoding in encodings if messages else ():
            for count in COMMENTS:
                for _ in range(TEXTS):
                    lines = list(_PROGRAM)
                    for message in chance.sample(messages, min(count, len(messages))):
                        lines.insert(chance.randrange(len(lines)), f"    # {message}")
                    text = "\n".join(lines)
                    try:
                        yield count, text, text.encode(encoding)
                    except UnicodeEncodeError:
                        continue  # a sign that the encoding does not have


def measure(cases: list[tuple[int, str, bytes]]) -> dict[str, float]:
    """Shares that are right, by detector and number of comments, and milliseconds a text."""
    if not cases:
        raise SystemExit("no translations there: name a folder with locale/LANGUAGE/LC_MESSAGES/*.po in it")
    found: dict[str, float] = {"texts": len(cases)}
    for name, detect in (("codekiln", guess), ("charset_normalizer", _peer)):
        right: dict[int, Counter[bool]] = defaultdict(Counter)
        start = time.process_time()
        for count, text, data in cases:
            right[count][_reads(data, detect) == text] += 1
        found[f"{name}_ms"] = 1000 * (time.process_time() - start) / len(cases)
        for count in COMMENTS:
            found[f"{name}_{count}"] = right[count][True] / right[count].total()
    return found


def _reads(data: bytes, detect: Callable[[bytes], str | None]) -> str | None:
    encoding = detect(data)
    try:
        return None if encoding is None else data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _peer(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    return None if best is None else best.encoding


if __name__ == "__main__":
    main()
