"""The profile `text`: legal documents in English and Korean. docs/text-profile.md tells it for people.

steps.py              the table of steps
normalise.py          characters: one form for what looks the same
tidying.py            noise, rule by rule until none finds anything
    margins.py        numbers of lines
    contents.py       tables of contents
    pages.py          running headers and footers, page numbers, form feeds
    stamps.py         what was stamped or laid over a page
    hyphens.py        words that a line's end divides
    paragraphs.py     lines that a width broke
    boilerplate.py    sentences that thousands of documents have; boilerplate_rules.py is their table
structure.py          what begins a paragraph and what ends a sentence
citations.py          citations: kept whole, and never taken for something else
quality.py, script.py whether there is something to learn from, and in which language it is
redaction.py          persons and numbers replaced
    parties.py        persons: where they are named, and everywhere else
    english_names.py, english_positions.py, korean_names.py
    identifiers.py    registration numbers, telephones and the like
shingles.py           what of two documents is compared
signs.py              one pass that says which rules of a table have something to do
"""
