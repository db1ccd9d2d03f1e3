"""Where English documents name parties, their counsel and inventors, and where judges: beside words that say so."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from codekiln.cleaning.patterns import expression
from codekiln.cleaning.text.citations import Citations
from codekiln.cleaning.text.english_names import (
    NAME,
    NAMES,
    ORGANISATIONS,
    PART,
    SUFFIX,
    TITLE,
    WORDS,
    is_person,
    split_name,
)

_ROLE = (
    r"(?:plaintiff|defendant|petitioner|respondent|appellant|appellee|claimant|complainant|intervenor|debtor|creditor|movant|relator"
    r"|cross-?(?:complainant|defendant|claimant)|counter-?(?:claimant|defendant|plaintiff)|third-party[ ](?:plaintiff|defendant)"
    r"|declarant|affiant|witness|victim|decedent|guardian|executor|executrix|administrator|administratrix|trustee|garnishee|opposer"
    r"|inventor|applicant|assignor|assignee|testator|lessor|lessee|landlord|tenant|grantor|grantee|prosecutrix|accused)(?:e?s)?"
)
_ASIDE = r"(?:,[ \n]*(?:et[ ]al\.?|an?[ ][a-z ]{3,40}|individually[^,\n]{0,60}|pro[ ]se|deceased|on[ ]behalf[ ]of[^,\n]{0,80}|as[ ][^,\n]{3,60}|by[ ]and[ ]through[^,\n]{3,80}|his[ ]wife|her[ ]husband))*"

_FIRM = r"(?:,[ ][^\n;]{2,80}\b(?:LLP|LLC|PLLC|PLC|P\.?C|P\.?A|L\.L\.P|L\.L\.C)\b\.?(?:,[ ][^\n;]{2,100})?)"
"""Counsel's firm, and where it is."""

_AFTER = {
    "role": re.compile(
        rf"(?:[-/](?i:{_ROLE}))?(?:[ ]?\([^()\n]{{0,30}}\))?(?:[ ]?[:\u2014\u2013-][ ]?|,)?[ \t]+(?P<names>{NAMES})"
    ),
    "counsel": re.compile(
        rf"(?i:s?(?:,[ ]agent,?[ ]or[ ]firm|[ ]for[ ](?:the[ ])?[\w-]{{3,30}}|[ ]of[ ]record)?[ ]*[:\u2014-]|[ ](?:was|is)\b)[ \t\n]*(?P<names>{NAMES})"
    ),
    "direct": re.compile(rf"[ \n]+(?P<names>{NAMES})"),
    "kin": re.compile(rf"[ \n]+(?P<names>{NAME})(?=[,.;)]|[ \n]+[a-z])"),
    "signed": re.compile(
        rf"[ ]*(?P<names>{NAME}{SUFFIX}?)(?![^\n]*\n(?:[^\n]*\n)?[^\n]*(?i:judge|justice|magistrate|clerk|chief))"
    ),
    "sworn": re.compile(rf"(?P<names>{NAME}{SUFFIX}?),[ ](?:am|being|do|declare|hereby|state|swear|certify|make|of)\b"),
    "honorific": re.compile(
        rf"\.?[ ]+(?!Justice\b|Chief\b|President\b|Speaker\b|Secretary\b|Chair)(?:(?P<first>{PART})[ ]+)?(?P<last>{PART})(?![ ][A-Z][a-z])"
    ),
}
"""What follows an anchor, by its kind."""
_BEFORE = {
    # JANE ROE and JOHN DOE, | Plaintiffs
    "role": re.compile(rf"(?<![\w.])(?P<names>{NAMES}){_ASIDE},?(?:[ \t)|:]*\n)*[ \t)|:]*$"),
    # Jane Roe argued the cause for the | petitioner
    "for": re.compile(
        rf"(?<![\w.])(?P<names>{NAMES})(?:,[ ](?:of|with|on)[^.\n]{{2,60}}|{_FIRM})?,?[ ](?:argued[ ](?:the[ ]cause[ ])?|appeared[ ](?:pro[ ]hac[ ]vice[ ])?|on[ ]the[ ]briefs?[ ]?)?for[ ](?:the[ ])?$"
    ),
    # Jane Roe ( | SBN
    "licensed": re.compile(rf"(?<![\w.])(?P<names>{NAME}{SUFFIX}?)(?:,?[ ]?\(?(?i:state[ ])?|,[ ]?)$"),
}
"""What stands before an anchor, by its kind."""
_KINDS = (
    ("role", "plaintiff defendant petitioner respondent appellant appellee claimant complainant intervenor debtor creditor movant relator declarant affiant witness victim decedent guardian executor executrix administrator administratrix trustee garnishee opposer inventor applicant assignor assignee testator lessor lessee landlord tenant grantor grantee prosecutrix accused"),
    ("counsel", "attorney counsel solicitor barrister"),
    ("licensed", "sbn|bar no|bar number|bar id|state bar|reg. no|esq|attorney id"),
    ("signed", "/s/"),
    ("direct", "represented by|my name is|declaration of|affidavit of|testimony of|deposition of|estate of|the will of|in the matter of|born to|known as|a/k/a|aka|information contact:"),
    ("kin", "minor child,|minor son,|minor daughter,|her husband,|her wife,|her son,|her daughter,|her mother,|her father,|his husband,|his wife,|his son,|his daughter,|his mother,|his father,|my husband,|my wife,|my son,|my daughter,|my mother,|my father,|their husband,|their wife,|their son,|their daughter,|their mother,|their father,"),
    ("sworn", "i, "),
    ("title", " v. | vs. |\nv. |\nvs. | v.\n| vs.\n|-v-|versus"),
    ("honorific", "mr|mrs|ms|miss|messrs"),
)  # fmt: skip
_KIND_OF = {
    word: kind
    for kind, words in _KINDS
    for word in (words.split() if kind in ("role", "counsel") else words.split("|"))
}
_CAPTION = re.compile(
    rf"[ \t]*(?:In[ ]re[ ]|IN[ ]RE[ ]|Ex[ ]parte[ ]|EX[ ]PARTE[ ])?(?:(?P<one>{NAMES})(?:,[^\n]{{0,60}}?)?|[^\n]{{1,80}}?)\s*(?:\b[vV][sS]?\.|-v-|\bversus\b)[ \t]*\n?[ \t]*(?:(?P<other>{NAMES})(?=[ \t]*(?:[,(\n]|$)))?"
)
_INVENTORS = re.compile(
    r"^[ \t]*[(\[]?7[1-6][)\]]?[ \t]*(?:Inventors?|Applicants?|Assignees?)[ \t]*:?[ \t]*(?P<block>.+(?:\n(?![ \t]*(?:[(\[]\d\d[)\]]|\n))[^\n]+){0,8})|^[ \t]*(?:Inventors?|INVENTORS?)[ \t]*:[ \t]*(?P<more>.+(?:\n(?![ \t]*(?:[(\[]\d\d[)\]]|\n|[A-Z][\w ]{2,25}:))[^\n]+){0,8})",
    re.MULTILINE,
)
_INVERTED = re.compile(rf"(?P<last>{PART}(?:[ ]{PART})?)[;,][ ]+(?P<first>{PART}(?:[ ]{PART}){{0,2}})[ ]*\(")
_JUDGE_BEFORE = re.compile(
    rf"(?<![\w.])(?:(?:{NAME}|{PART})(?:,[ ]|,?[ ]and[ ])){{1,9}}(?:(?i:chief|senior|circuit|district|magistrate|presiding|associate|united|states|u\.?s\.?|administrative|law)[ ]){{0,4}}$"
)
_JUDGE_AFTER = re.compile(
    rf"s?:?[ ]+(?:Justice )?(?:{NAME}|{PART})(?:(?:,[ ]|,?[ ]and[ ]){PART}(?=[,. ])){{0,4}}|[ ]*[:\u2014\u2013-]+[ ]*{NAME}"
)
_BENCH = re.compile(r":?[ ]+[A-Z][^\n]{2,120}")
_LOOK_BACK = 240
_ALONE = re.compile(r"[ \t.,:;)]*(?:\n|$)")
"""A role that has its line for itself says who stands in the line above."""
_NUMBERED = re.compile(rf"^[ \t]*\([1-9]\)[ \t]+(?=[A-Z. '-]+$)({NAME})[ \t]*$", re.MULTILINE)
"""(1) DAVID COLLINS"""
_OFFICE = re.compile(
    r"(?:J(?:udge|ustice|UDGE|USTICE|J?\.)|H(?:on\.|onorable|ON\.|ONORABLE)|L(?:ord|ady|\.J\.)|Sir|Examiner|B(?:efore|EFORE)|C(?:oram|ORAM|\.J\.))(?![a-rt-z])"
)
_CAPITAL = re.compile(r"(?<![\w.'-])[A-Z]")
_INCORPORATED = re.compile(r",(?=[ ](?:Inc|INC|LLC|L\.L\.C|Ltd|LTD|Corp|CORP|LLP|L\.P|N\.A|S\.A|PLC|P\.C)\b)")
"""A comma that would part a company's name from what says that it is one."""
_HONORED = re.compile(rf"^{TITLE}")
_SPLIT = re.compile(r"(?:,?[ ]+and[ ]+|,[ ]+&?[ ]*|;[ ]*|[ ]+&[ ]+)")


def people(text: str, citations: Citations) -> Iterator[tuple[str, str]]:
    """(first, last) of persons in the positions of parties; first may be empty where only the last is known."""
    text = _INCORPORATED.sub(" ", citations.masked(text))
    for start, end, kind in _anchors(text):
        for names in _around(text, start, end, kind):
            for name in _SPLIT.split(names):
                bare = _HONORED.sub("", name.strip())
                if is_person(bare):
                    yield split_name(bare)
        if kind == "honorific" and (called := _AFTER[kind].match(text, end)):
            first, last = split_name(f"{called['first'] or ''} {called['last']}")
            if last.lower() not in WORDS and last.lower() not in ORGANISATIONS and len(last) > 2:
                yield first if called["first"] else "", last
    for found in _NUMBERED.finditer(text):
        if is_person(found[1]):
            yield split_name(found[1])
    if "nventor" in text or "INVENTOR" in text or "(7" in text or "[7" in text:
        yield from _inventors(text)


def _anchors(text: str) -> Iterator[tuple[int, int, str]]:
    """Words beside which names stand, found in one pass; offsets are those of characters."""
    flat = text.encode("ascii", "replace")
    for found in _compiled().finditer(flat):
        word = found[0].decode().lower()
        kind = _KIND_OF.get(word)
        if kind is None or (
            kind == "honorific" and (not found[0][:1].isupper() or flat[found.start() - 1 : found.start()].isalnum())
        ):
            continue
        yield found.start(), found.end(), kind


@cache
def _compiled() -> Any:
    return expression(
        "|".join(
            re.escape(word).replace(r"\ ", " ").replace("\\\n", "\n")
            for word in sorted(_KIND_OF, key=len, reverse=True)
        ),
        caseless=True,
    )


def _around(text: str, start: int, end: int, kind: str) -> Iterator[str]:
    """Runs of names before and after an anchor."""
    before = text[max(0, start - _LOOK_BACK) : start]
    if kind == "title":
        line = text.rfind("\n", 0, start) + 1
        if not text[line:start].strip() and line:
            line = (
                text.rfind(
                    "\n",
                    0,
                    text.rfind("\n", 0, line - 1) if not text[:line].rstrip(" \t").endswith("\n\n") else line - 1,
                )
                + 1
            )
        found = _CAPTION.match(text, line)
        yield from (names for names in (found.groups() if found else ()) if names)
        return
    if kind == "role":
        while text[end : end + 1].isalpha():
            end += 1
        bare = before.rstrip(" \t\n)|:")
        alone = "\n" in before[len(bare) :] and _ALONE.match(text, end)
        if bare.endswith((",", ".")) or alone:
            yield from _last(_BEFORE["role"], before)
        elif before.endswith(("for ", "for the ")):
            yield from _last(_BEFORE["for"], before)
    elif kind == "licensed":
        yield from _last(_BEFORE["licensed"], before[-80:])
        return
    found = _AFTER[kind].match(text, end) if kind in _AFTER and kind != "honorific" else None
    if found:
        yield found["names"]


def _last(expression: re.Pattern[str], before: str) -> Iterator[str]:
    for capital in _CAPITAL.finditer(before):
        found = expression.match(before, capital.start())
        if found:
            yield found["names"]
            return


def _inventors(text: str) -> Iterator[tuple[str, str]]:
    for found in _INVENTORS.finditer(text):
        block = found["block"] or found["more"]
        inverted = list(_INVERTED.finditer(block)) if re.search(r";[ ]*[A-Z][\w. ]*\(", block) else []
        for each in inverted:
            yield each["first"].split()[0], each["last"].split()[-1]
        for piece in () if inverted else re.split(r"[;\n]|\band\b", block):
            name = re.match(rf"[ ,]*({NAME})", piece)
            if name and is_person(name[1]):
                yield split_name(name[1])


def judges(text: str) -> list[tuple[int, int]]:
    """Where judges and examiners are named: those who decide stay."""
    spans = []
    for found in _OFFICE.finditer(text):
        start, end = found.span()
        if text[start - 1 : start].isalnum():
            continue
        if found[0] in ("BEFORE", "Before", "CORAM", "Coram"):
            after = _BENCH.match(text, end)
        else:
            after = _JUDGE_AFTER.match(text, end)
            before = text[max(0, start - _LOOK_BACK) : start]
            for capital in _CAPITAL.finditer(before) if before.endswith((" ", "\n")) else ():
                if _JUDGE_BEFORE.match(before, capital.start()):
                    start -= len(before) - capital.start()
                    break
        spans.append((start, after.end() if after else end))
    return spans
