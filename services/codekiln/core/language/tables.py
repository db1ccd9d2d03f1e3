"""What points to each language: languages.json, which tools/language_tables.py makes from linguist's tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple


class Language(NamedTuple):
    """What points to a language. Extensions and interpreters are lower case and have no dot before them."""

    type: str
    """`programming`, `markup`, `data` or `prose`."""
    group: str
    """The language that it is a kind of, where linguist names one: `OASv3-json` is of `OpenAPI Specification v3`."""
    extensions: tuple[str, ...]
    filenames: tuple[str, ...]
    """Exact, in upper and lower case."""
    interpreters: tuple[str, ...]
    aliases: tuple[str, ...]
    """Further names that editors have for it."""


_TABLES = json.loads(Path(__file__).with_name("languages.json").read_text("utf-8"))

LANGUAGES: dict[str, Language] = {
    name: Language(
        facts["type"],
        facts.get("group", ""),
        tuple(facts.get("extensions", "").split()),
        tuple(facts.get("filenames", ())),
        tuple(facts.get("interpreters", "").split()),
        tuple(facts.get("aliases", ())),
    )
    for name, facts in _TABLES["languages"].items()
}
"""By linguist's name."""
GENERIC: frozenset[str] = frozenset(_TABLES["generic"])
"""Extensions that are too common to say anything by themselves: only an expression may name one of their languages."""
DEFAULTS: dict[str, str] = _TABLES["defaults"]
"""Extension or interpreter that several languages share -> the more common one."""


def _index(field: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, language in LANGUAGES.items():
        for key in dict.fromkeys(getattr(language, field)):
            found[key] = (*found.get(key, ()), name)
    return found


BY_EXTENSION = _index("extensions")
BY_FILENAME = _index("filenames")
BY_INTERPRETER = _index("interpreters")
BY_ALIAS: dict[str, str] = {
    **{alias.lower(): name for name, language in LANGUAGES.items() for alias in language.aliases},
    **{name.lower().replace(" ", "-"): name for name in LANGUAGES},
}

BINARY_EXTENSIONS = frozenset(
    """
    7z a aac ai apk avi avif bin blend bmp bz2 cab class cur db deb dds dll dmg doc docx dylib eot exe exr fbx flac
    flv gif gz h5 heic ico icns iso jar jp2 jpeg jpg jks keystore lib lz4 lzma m4a m4v mdb mid mkv mov mp3 mp4 mpeg
    mpg msi nib npy npz o obj ogg ogv onnx opus otf parquet pb pcap pdb pdf pickle pkl png ppt pptx psd pt pth pyc
    pyd pyo rar rpm safetensors so sqlite sqlite3 swf tar tflite tgz tif tiff ttc ttf txz war wasm wav webm webp whl
    wma wmv woff woff2 xcf xls xlsx xz zip zst zstd
    """.split()  # noqa: SIM905
) - set(BY_EXTENSION)
"""Of well-known formats that hold no text: such files are not read."""
