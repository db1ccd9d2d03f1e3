"""English names: where parties, their counsel and inventors are named, what is a person's name and what an organisation's."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from codekiln.cleaning.text.citations import Citations

_PART = r"(?:[A-Z][a-z\u00df-\u017e]+(?:[-'\u2019][A-Za-z][a-z]*)*|(?:Mc|Mac|O['\u2019]|D['\u2019]|De|La|Le|Van|Fitz)[A-Z][a-z]+(?:-[A-Z][a-z]+)?|[A-Z]{2,}(?:[-'\u2019][A-Z]+)*|(?:Mc|Mac|O['\u2019])[A-Z]{2,}|[A-Z]\.(?:[ ]?[A-Z]\.)?|[A-Z](?=[ ]))"
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

_POSITIONS = tuple(
    re.compile(expression, re.MULTILINE)
    for expression in (
        # JANE ROE and JOHN DOE, Plaintiffs
        rf"(?P<names>{_NAMES}){_ASIDE},?[ \t]*(?:[)|:]*[ \t]*\n)*[ \t)|:]*(?:,[ ]*)?(?<=[,\n\s])(?i:{_ROLE})\b",
        # Plaintiff Jane Roe; Inventor: John Doe
        rf"\b(?i:{_ROLE})(?:[-/](?i:{_ROLE}))?(?:[ ]?\([^()\n]{{0,30}}\))?(?:[ ]?[:\u2014\u2013-][ ]?|,)?[ \t]+(?P<names>{_NAMES})",
        # Jane Roe argued the cause for petitioner; Jane Roe, of Boston, for the plaintiff
        rf"(?P<names>{_NAMES})(?:,[ ](?:of|with|on)[^.\n]{{2,60}})?,?[ ](?:argued[ ](?:the[ ]cause[ ])?|appeared[ ](?:pro[ ]hac[ ]vice[ ])?|on[ ]the[ ]briefs?[ ]?)?for[ ](?:the[ ])?(?i:{_ROLE}|state|people|government)\b",
        # Attorneys for Plaintiff: Jane Roe; represented by Jane Roe
        rf"(?i:(?:attorneys?|counsel|solicitors?|barristers?|agents?)(?:,[ ]agent,[ ]or[ ]firm|[ ]for[ ](?:the[ ])?[\w-]{{3,30}}|[ ]of[ ]record)?[ ]*[:\u2014-]|represented[ ]by|(?:attorney|counsel|solicitor)[ ](?:was|is)|of[ ]counsel:?)[ \t\n]*(?P<names>{_NAMES})",
        # Jane Roe (SBN 123456); Jane Roe, Bar No. 1; Jane Roe, Esq.
        rf"(?P<names>{NAME}{_SUFFIX}?)(?:,?[ ]?\(?(?:SBN|(?i:(?:state[ ])?bar[ ](?:no|id|number))|(?i:reg\.[ ]no)|(?i:attorney[ ]id))|,[ ]?(?:Esq|ESQ)\b)",
        # /s/ Jane Roe, unless a judge signs
        rf"/s/[ ]*(?P<names>{NAME}{_SUFFIX}?)(?![^\n]*\n(?:[^\n]*\n)?[^\n]*(?i:judge|justice|magistrate|clerk|chief))",
        # I, Jane Roe, declare; my name is Jane Roe; the testimony of Jane Roe
        rf"\bI,[ ](?P<names>{NAME}{_SUFFIX}?),[ ](?:am|being|do|declare|hereby|state|swear|certify|make|of)\b",
        rf"(?i:\bmy[ ]name[ ]is|\bdeclaration[ ]of|\baffidavit[ ]of|\btestimony[ ]of|\bdeposition[ ]of|\bestate[ ]of|\bthe[ ]will[ ]of|\bin[ ]the[ ]matter[ ]of|\bborn[ ]to)[ ]+(?P<names>{NAME}{_SUFFIX}?)",
        # the case's own title, a line of its own
        rf"^[ \t]*(?:In[ ]re[ ]|IN[ ]RE[ ]|Ex[ ]parte[ ]|EX[ ]PARTE[ ])?(?P<names>{_NAMES})(?:,[ ]et[ ]al\.?)?,?[ \t]*(?:\n[ \t]*)?(?:vs?\.|VS?\.|versus|against|-v-)[ \t]*(?:\n|[A-Z]|$)",
        rf"^[^\n]{{0,100}}(?:vs?\.|VS?\.|-v-)[ \t]*\n?[ \t]*(?P<names>{_NAMES})(?:,[ ]et[ ]al\.?)?[ \t]*[,.]?[ \t]*(?:\(|,|$)",
        rf"\b(?i:known[ ]as|a/?k/?a/?)[ ]+(?P<names>{NAME})",
    )
)
_INVENTORS = re.compile(
    r"^[ \t]*[(\[]?7[1-6][)\]]?[ \t]*(?:Inventors?|Applicants?|Assignees?)[ \t]*:?[ \t]*(?P<block>.+(?:\n(?![ \t]*(?:[(\[]\d\d[)\]]|\n))[^\n]+){0,8})|^[ \t]*(?:Inventors?|INVENTORS?)[ \t]*:[ \t]*(?P<more>.+(?:\n(?![ \t]*(?:[(\[]\d\d[)\]]|\n|[A-Z][\w ]{2,25}:))[^\n]+){0,8})",
    re.MULTILINE,
)
_INVERTED = re.compile(rf"(?P<last>{_PART}(?:[ ]{_PART})?)[;,][ ]+(?P<first>{_PART}(?:[ ]{_PART}){{0,2}})[ ]*\(")
_HONORIFIC = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Messrs|MR|MRS|MS)\b\.?[ ]+(?!Justice\b|Chief\b|President\b|Speaker\b|Secretary\b|Chair)(?P<last>[A-Z](?:[a-z]+|['\u2019][A-Z][a-z]+|[A-Z]+|c[A-Z][a-z]+)(?:-[A-Z][a-z]+)?)\b(?![ ][A-Z][a-z])"
)
_JUDGE = re.compile(
    rf"(?:(?:Chief |Associate |Presiding |Magistrate |District |Circuit |Mr\.? |Mrs\.? |Madam )*(?:Judge|Justice|JUDGE|JUSTICE|Hon\.|Honorable|HON\.|HONORABLE|Lord|Lady|Sir|Examiner)s?:?[ ]+(?:Justice )?(?:{NAME}|{_PART})(?:(?:,[ ]|,?[ ]and[ ]){_PART}(?=[,. ])){{0,4}})"
    rf"|(?:(?:{NAME}|{_PART})(?:,[ ]|,?[ ]and[ ])){{1,9}}(?:Chief[ ]|Senior[ ]|Circuit[ ]|District[ ]|Magistrate[ ]|Presiding[ ]|Associate[ ]|United[ ]States[ ]|U\.?S\.?[ ]|Administrative[ ]Law[ ]|CHIEF[ ]|CIRCUIT[ ]|DISTRICT[ ])*(?:Judges?|Justices?|JUDGES?|JUSTICES?|C\.?J\.|JJ?\.|L\.?J\.|P\.J\.)"
    rf"|(?:Primary|Assistant)[ ]Examiner[ ]*[:\u2014\u2013-]+[ ]*{NAME}|\b(?:BEFORE|Before|CORAM|Coram):?[ ]+[^\n]{{3,120}}"
)
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
    touches = citations.touches
    for position in _POSITIONS:
        for found in position.finditer(text):
            if touches(*found.span("names")):
                continue
            for name in _SPLIT.split(found["names"]):
                bare = re.sub(rf"^{_TITLE}", "", name.strip())
                if is_person(bare):
                    yield split_name(bare)
    for found in _INVENTORS.finditer(text):
        block = found["block"] or found["more"]
        inverted = list(_INVERTED.finditer(block)) if re.search(r";[ ]*[A-Z][\w. ]*\(", block) else []
        for each in inverted:
            yield each["first"].split()[0], each["last"].split()[-1]
        for piece in () if inverted else re.split(r"[;\n]|\band\b", block):
            name = re.match(rf"[ ,]*({NAME})", piece)
            if name and is_person(name[1]):
                yield split_name(name[1])
    for found in _HONORIFIC.finditer(text):
        if not touches(*found.span()) and found["last"].lower() not in _WORDS | _ORGANISATIONS:
            yield "", found["last"]


def judges(text: str) -> list[tuple[int, int]]:
    """Where judges and examiners are named: those who decide stay."""
    return [found.span() for found in _JUDGE.finditer(text)]
