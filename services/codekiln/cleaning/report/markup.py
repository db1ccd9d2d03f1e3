"""Pieces of the page: sections, tables, bars, figures as people read them. Every text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

MOST_ROWS = 60
"""Of a table whose length depends on the data: report.json has the rest."""
MINUS = "\u2212"
_PATH = 200


@dataclass(frozen=True)
class Markup:
    """HTML as it is; a str is text."""

    html: str


class Bar(Markup):
    """Shown where there is room: the figures beside it say the same."""


Cell = str | Markup


def text(value: Cell) -> str:
    """A cell or a title as HTML. Marks that turn writing around are shown as what they are."""
    if isinstance(value, Markup):
        return value.html
    return escape("".join(c if c.isprintable() or c in "\n\t" else f"\\u{ord(c):04x}" for c in value))


def section(id: str, title: str, *parts: str) -> str:
    """A landmark with its heading."""
    heading = f'<h2 id="{id}-title">{escape(title)}</h2>'
    return f'<section id="{id}" aria-labelledby="{id}-title">{heading}{"".join(parts)}</section>'


def within(parts: Iterable[str], most: int) -> str:
    """The first parts that take no more than so many bytes together: the page stays below 2 MB whatever the data."""
    shown, left, more = [], most, 0
    for part in parts:
        left -= len(part.encode())
        if left >= 0:
            shown.append(part)
        else:
            more += 1
    return "".join(shown) + (note(f"{more:,} more in report.json.") if more else "")


def note(words: Cell) -> str:
    return f'<p class="soft">{text(words)}</p>'


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    left: Sequence[int] = (),
    foot: Sequence[Cell] = (),
) -> str:
    """The first column names the row; others are figures on the right, but for those of the numbers in `left`."""

    def cells(row: Sequence[Cell], tag: str = "td") -> str:
        found = []
        for column, cell in enumerate(row):
            kind = ' class="shares"' if isinstance(cell, Bar) else ' class="why"' if column in left else ' class="n"'
            shown = text(cell if isinstance(cell, Markup) or len(cell) <= _PATH else f"{cell[:_PATH]}\u2026")
            found.append(f'<th scope="row">{shown}</th>' if not column else f"<{tag}{kind}>{shown}</{tag}>")
        return "".join(found)

    rows = list(rows)
    if len(rows) > MOST_ROWS:
        caption = f"{caption} The first {MOST_ROWS} of {len(rows):,}; report.json has all."
    titles = "".join(_title(title, column, rows, left) for column, title in enumerate(head))
    body = "".join(f"<tr>{cells(row)}</tr>" for row in rows[:MOST_ROWS])
    end = f"<tfoot><tr>{cells(foot)}</tr></tfoot>" if foot else ""
    few = " few" if len(head) == 2 else ""
    return (
        f'<div class="scroll{few}" tabindex="0" role="region" aria-label="{escape(head[0])}: {escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{titles}</tr></thead><tbody>{body}</tbody>{end}</table></div>"
    )


def _title(title: str, column: int, rows: Sequence[Sequence[Cell]], left: Sequence[int]) -> str:
    shares = bool(rows) and isinstance(rows[0][column], Bar)
    kind = " class=shares" if shares else "" if not column or column in left else " class=n"
    return f'<th scope="col"{kind}>{escape(title)}</th>'


def bar(kept: float, gone: float, total: float, label: str) -> Bar:
    """What stays, plain, and what goes, hatched, as shares of all."""
    whole = max(1, total)
    return Bar(
        f'<div class="bar" role="img" aria-label="{text(label)}"><i style="width:{100 * kept / whole:.2f}%"></i>'
        f'<u style="width:{100 * gone / whole:.2f}%"></u></div>'
    )


def fold(title: str, body: str) -> str:
    """Opens at a click or by Enter; `title` and `body` are HTML."""
    return f"<details><summary>{title}</summary><div>{body}</div></details>"


def path(repository: str, name: str) -> Markup:
    """Where a file is; the middle of a very long path is left out."""
    whole = f"{repository} / {name}" if repository else name
    if len(whole) > _PATH:
        whole = f"{whole[: _PATH // 2]}\u2026{whole[-_PATH // 2 :]}"
    return Markup(f"<code>{text(whole)}</code>")


def size(count: float) -> str:
    """Bytes as people say them."""
    if abs(count) < 1000:
        return "1 byte" if count == 1 else f"{count:.0f} bytes"
    for unit in ("kB", "MB", "GB"):
        count /= 1000
        if abs(count) < 999.95:
            return f"{count:.1f} {unit}"
    return f"{count / 1000:,.1f} TB"


def share(part: float, whole: float) -> str:
    """Percent, with a digit after the point where it is small."""
    percent = 100 * part / max(1, whole)
    return f"{percent:.0f} %" if percent >= 10 or not percent else f"{percent:.1f} %" if percent >= 0.05 else "< 0.1 %"


def count(number: float) -> str:
    return f"{number:,.0f}"


def change(number: float, shown: str) -> Markup:
    """A difference, with its sign."""
    return Markup(f"{'+' if number > 0 else MINUS}{escape(shown)}" if number else '<span class="soft">same</span>')
