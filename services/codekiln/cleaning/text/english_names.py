"""English names: where parties, their counsel and inventors are named, what is a person's name and what an organisation's."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from codekiln.cleaning.patterns import expression
from codekiln.cleaning.text.citations import Citations

_PART = r"(?:(?:(?:Mc|Mac|O['\u2019]|D['\u2019]|De|La|Le|Van|Fitz)[A-Z][a-z]+(?:-[A-Z][a-z]+)?|[A-Z][a-z\u00df-\u017e]+(?:[-'\u2019][A-Za-z][a-z]*)*|(?:Mc|Mac|O['\u2019])[A-Z]{2,}|[A-Z]{2,}(?:[-'\u2019][A-Z]+)*)(?![A-Za-z])|[A-Z]\.(?:[ ]?[A-Z]\.)?|[A-Z](?=[ ]))"
_PARTICLE = r"(?:de la|de los|van der|van den|von der|de|del|della|van|von|der|la|le|bin|ibn|al|el|da|dos|di|du|ter)"
_SUFFIX = r"(?:,?[ ](?:Jr|Sr|Esq|Ph\.?[ ]?D|M\.?[ ]?D|J\.?[ ]?D)\b\.?|,?[ ](?:JR|SR|ESQ)\b\.?|[ ](?:II|III|IV)\b)"
_TITLE = r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Messrs|MR|MRS|MS|DR)\b\.?[ ]+)"
NAME = rf"{_PART}(?:[ ]+(?:{_PARTICLE}[ ]+)?{_PART}){{1,3}}"
_NAMES = rf"{_TITLE}?{NAME}{_SUFFIX}?(?:(?:,?[ ]+and[ ]+|,[ ]+&?[ ]*|;[ ]*|[ ]+&[ ]+){_TITLE}?{NAME}{_SUFFIX}?){{0,12}}"
_ROLE = (
    r"(?:plaintiff|defendant|petitioner|respondent|appellant|appellee|claimant|complainant|intervenor|debtor|creditor|movant|relator"
    r"|cross-?(?:complainant|defendant|claimant)|counter-?(?:claimant|defendant|plaintiff)|third-party[ ](?:plaintiff|defendant)"
    r"|declarant|affiant|witness|victim|decedent|guardian|executor|executrix|administrator|administratrix|trustee|garnishee|opposer"
    r"|inventor|applicant|assignor|assignee|testator|lessor|lessee|landlord|tenant|grantor|grantee|prosecutrix|accused)(?:e?s)?"
)
_ASIDE = r"(?:,[ \n]*(?:et[ ]al\.?|an?[ ][a-z ]{3,40}|individually[^,\n]{0,60}|pro[ ]se|deceased|on[ ]behalf[ ]of[^,\n]{0,80}|as[ ][^,\n]{3,60}|by[ ]and[ ]through[^,\n]{3,80}|his[ ]wife|her[ ]husband))*"

_AFTER = {
    "role": re.compile(
        rf"(?:[-/](?i:{_ROLE}))?(?:[ ]?\([^()\n]{{0,30}}\))?(?:[ ]?[:\u2014\u2013-][ ]?|,)?[ \t]+(?P<names>{_NAMES})"
    ),
    "counsel": re.compile(
        rf"(?i:s?(?:,[ ]agent,?[ ]or[ ]firm|[ ]for[ ](?:the[ ])?[\w-]{{3,30}}|[ ]of[ ]record)?[ ]*[:\u2014-]|[ ](?:was|is)\b)[ \t\n]*(?P<names>{_NAMES})"
    ),
    "direct": re.compile(rf"[ \n]+(?P<names>{_NAMES})"),
    "signed": re.compile(
        rf"[ ]*(?P<names>{NAME}{_SUFFIX}?)(?![^\n]*\n(?:[^\n]*\n)?[^\n]*(?i:judge|justice|magistrate|clerk|chief))"
    ),
    "sworn": re.compile(
        rf"(?P<names>{NAME}{_SUFFIX}?),[ ](?:am|being|do|declare|hereby|state|swear|certify|make|of)\b"
    ),
    "honorific": re.compile(
        rf"\.?[ ]+(?!Justice\b|Chief\b|President\b|Speaker\b|Secretary\b|Chair)(?:{_PART}[ ]+)?(?P<last>{_PART})(?![ ][A-Z][a-z])"
    ),
}
"""What follows an anchor, by its kind."""
_BEFORE = {
    # JANE ROE and JOHN DOE, | Plaintiffs
    "role": re.compile(rf"(?<![\w.])(?P<names>{_NAMES}){_ASIDE},?(?:[ \t)|:]*\n)*[ \t)|:]*$"),
    # Jane Roe argued the cause for the | petitioner
    "for": re.compile(
        rf"(?<![\w.])(?P<names>{_NAMES})(?:,[ ](?:of|with|on)[^.\n]{{2,60}})?,?[ ](?:argued[ ](?:the[ ]cause[ ])?|appeared[ ](?:pro[ ]hac[ ]vice[ ])?|on[ ]the[ ]briefs?[ ]?)?for[ ](?:the[ ])?$"
    ),
    # Jane Roe ( | SBN
    "licensed": re.compile(rf"(?<![\w.])(?P<names>{NAME}{_SUFFIX}?)(?:,?[ ]?\(?(?i:state[ ])?|,[ ]?)$"),
}
"""What stands before an anchor, by its kind."""
_KINDS = (
    ("role", "plaintiff defendant petitioner respondent appellant appellee claimant complainant intervenor debtor creditor movant relator declarant affiant witness victim decedent guardian executor executrix administrator administratrix trustee garnishee opposer inventor applicant assignor assignee testator lessor lessee landlord tenant grantor grantee prosecutrix accused"),
    ("counsel", "attorney counsel solicitor barrister"),
    ("licensed", "sbn|bar no|bar number|bar id|state bar|reg. no|esq|attorney id"),
    ("signed", "/s/"),
    ("direct", "represented by|my name is|declaration of|affidavit of|testimony of|deposition of|estate of|the will of|in the matter of|born to|known as|a/k/a|aka"),
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
    rf"[ \t]*(?:In[ ]re[ ]|IN[ ]RE[ ]|Ex[ ]parte[ ]|EX[ ]PARTE[ ])?(?P<one>{_NAMES})?(?:,[ ]et[ ]al\.?)?[^\n]{{0,60}}?,?\s*(?:\b[vV][sS]?\.|-v-|versus)\s*(?P<other>{_NAMES})?(?:,[ ]et[ ]al\.?)?[^\n]{{0,60}}$",
    re.MULTILINE,
)
_INVENTORS = re.compile(
    r"^[ \t]*[(\[]?7[1-6][)\]]?[ \t]*(?:Inventors?|Applicants?|Assignees?)[ \t]*:?[ \t]*(?P<block>.+(?:\n(?![ \t]*(?:[(\[]\d\d[)\]]|\n))[^\n]+){0,8})|^[ \t]*(?:Inventors?|INVENTORS?)[ \t]*:[ \t]*(?P<more>.+(?:\n(?![ \t]*(?:[(\[]\d\d[)\]]|\n|[A-Z][\w ]{2,25}:))[^\n]+){0,8})",
    re.MULTILINE,
)
_INVERTED = re.compile(rf"(?P<last>{_PART}(?:[ ]{_PART})?)[;,][ ]+(?P<first>{_PART}(?:[ ]{_PART}){{0,2}})[ ]*\(")
_JUDGE_BEFORE = re.compile(
    rf"(?<![\w.])(?:(?:{NAME}|{_PART})(?:,[ ]|,?[ ]and[ ])){{1,9}}(?:(?i:chief|senior|circuit|district|magistrate|presiding|associate|united|states|u\.?s\.?|administrative|law)[ ]){{0,4}}$"
)
_JUDGE_AFTER = re.compile(
    rf"s?:?[ ]+(?:Justice )?(?:{NAME}|{_PART})(?:(?:,[ ]|,?[ ]and[ ]){_PART}(?=[,. ])){{0,4}}|[ ]*[:\u2014\u2013-]+[ ]*{NAME}"
)
_BENCH = re.compile(r":?[ ]+[A-Z][^\n]{2,120}")
_LOOK_BACK = 240
_OFFICE = re.compile(
    r"\b(?:Judge|Justice|JUDGE|JUSTICE|Hon\.|Honorable|HON\.|HONORABLE|Lord|Lady|Sir|Examiner|Before|BEFORE|Coram|CORAM|C\.J\.|JJ\.|J\.|L\.J\.)(?![a-rt-z])"
)
_CAPITAL = re.compile(r"(?<![\w.'-])[A-Z]")
_INCORPORATED = re.compile(r",(?=[ ](?:Inc|INC|LLC|L\.L\.C|Ltd|LTD|Corp|CORP|LLP|L\.P|N\.A|S\.A|PLC|P\.C)\b)")
"""A comma that would part a company's name from what says that it is one."""
_HONORED = re.compile(rf"^{_TITLE}")
_SPLIT = re.compile(r"(?:,?[ ]+and[ ]+|,[ ]+&?[ ]*|;[ ]*|[ ]+&[ ]+)")
_SUFFIXES = re.compile(rf"{_SUFFIX}$")

_ORGANISATIONS = frozenset(
    """
    inc incorporated corp corporation company co llc llp ltd limited lp plc gmbh ag sa nv bv kk pty group holdings holding bank
    trust university college institute school schools hospital association foundation society union committee commission board
    department dept agency bureau office city county state states town township village district republic kingdom government
    people commonwealth court ministry authority council service services systems technologies technology industries industry
    international national american united america insurance partners partnership fund church club secretary commissioner
    director general administration enterprises laboratories labs pharmaceuticals electronics motors motor airlines railroad railway
    electric energy power oil gas steel mutual casualty assurance savings loan financial capital management solutions software
    communications networks media entertainment products manufacturing associates brothers sons center centre clinic health medical
    federal republic estate crown regina rex king queen et al tribe nation party network press times
    """.split()  # noqa: SIM905
)
_WORDS = frozenset(
    """
    the a an and or of in on at to for from by with as is are was were be been has have had not no under over against between this
    that these those its his her their it he she they we our you plaintiff plaintiffs defendant defendants petitioner petitioners
    respondent respondents appellant appellants appellee appellees claimant applicant inventor inventors assignee motion order
    judgment summary dismiss complaint answer brief memorandum counsel exhibit claim claims appeal appeals case civil criminal action
    judge justice circuit supreme superior chief magistrate honorable attorney attorneys law rule rules section title act code article
    amendment constitution constitutional statute statutes federal opinion decision ruling relief fees costs damages jury trial hearing
    discovery deposition evidence testimony witness notice request reply response opposition support declaration affidavit pro se
    patent patents trademark copyright claims specification description background field abstract drawings figure embodiment
    january february march april may june july august september october november december monday tuesday wednesday thursday friday
    saturday sunday street avenue road boulevard drive suite floor north south east west new york california texas florida illinois
    massachusetts virginia washington columbia pennsylvania ohio michigan georgia jersey carolina maryland delaware nevada arizona
    filed date dated page docket number index did does do may must shall should would will can cannot could failed fails argues
    contends alleges claims asserts moved moves seeks sought also then further however therefore because since when while where
    who whom which what if but so such other another first second third all any each every both either neither
    amended verified original findings conclusions facts fact introduction conclusion discussion analysis standard review jurisdiction
    venue parties procedural history factual background argument issue issues question questions presented certificate table
    contents authorities minor individual husband wife deceased jane_doe unknown doe_defendants
    """.split()  # noqa: SIM905
)


def is_person(name: str) -> bool:
    """Whether a run of capitalised words is a person's name and not an organisation's or a heading's."""
    words = _SUFFIXES.sub("", name).split()
    plain = [word.strip(".,'\u2019").lower() for word in words]
    if not 2 <= len(words) <= 6 or any(word in _ORGANISATIONS or word in _WORDS for word in plain):
        return False
    whole = [word for word in plain if len(word) > 1]
    return len(plain[-1]) > 1 and len(whole) >= 1


def split_name(name: str) -> tuple[str, str]:
    """First and last name, without middle names, particles of the last kept."""
    words = [word.strip(",") for word in _SUFFIXES.sub("", name.strip()).split()]
    return words[0], words[-1]


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
            last = called["last"]
            if last.lower() not in _WORDS and last.lower() not in _ORGANISATIONS and len(last) > 2:
                yield "", last
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
        if bare.endswith((",", ".")) or len(before) - len(bare) > 1:
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
