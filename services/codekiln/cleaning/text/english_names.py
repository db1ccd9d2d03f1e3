"""English names: what one looks like, and what is a person's and not an organisation's or a heading's."""

# ruff: noqa: E501
from __future__ import annotations

import re

PART = r"(?:(?:(?:Mc|Mac|O['\u2019]|D['\u2019]|De|La|Le|Van|Fitz)[A-Z][a-z]+(?:-[A-Z][a-z]+)?|[A-Z][a-z\u00df-\u017e]+(?:[-'\u2019][A-Za-z][a-z]*)*|(?:Mc|Mac|O['\u2019])[A-Z]{2,}|[A-Z]{2,}(?:[-'\u2019][A-Z]+)*)(?![A-Za-z])|[A-Z]\.(?:[ ]?[A-Z]\.)?|[A-Z](?=[ ]))"
PARTICLE = r"(?:de la|de los|van der|van den|von der|de|del|della|van|von|der|la|le|bin|ibn|al|el|da|dos|di|du|ter)"
SUFFIX = (
    r"(?:,?[ ](?:Jr|Sr|Esq|Ph\.?[ ]?D|M\.?[ ]?D|J\.?[ ]?D)\b\.?|,?[ ](?:JR|SR|ESQ|QC|KC|SC)\b\.?|[ ](?:II|III|IV)\b)"
)
TITLE = r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Messrs|MR|MRS|MS|DR)\b\.?[ ]+)"
NAME = rf"{PART}(?:[ ]+(?:{PARTICLE}[ ]+)?{PART}){{1,3}}"
NAMES = rf"{TITLE}?{NAME}{SUFFIX}?(?:(?:,?[ ]+and[ ]+|,[ ]+&?[ ]*|;[ ]*|[ ]+&[ ]+){TITLE}?{NAME}{SUFFIX}?){{0,12}}"
_POSSESSIVE = re.compile(r"['\u2019][sS]$")
_SUFFIXES = re.compile(rf"{SUFFIX}$")

ORGANISATIONS = frozenset(
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
WORDS = frozenset(
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
    if not 2 <= len(words) <= 6 or any(word in ORGANISATIONS or (word in WORDS and len(word) > 1) for word in plain):
        return False
    whole = [word for word in plain if len(word) > 1]
    return len(plain[-1]) > 1 and len(whole) >= 1


def split_name(name: str) -> tuple[str, str]:
    """First and last name, without middle names, particles of the last kept."""
    words = [word.strip(",") for word in _SUFFIXES.sub("", name.strip()).split()]
    return words[0], _POSSESSIVE.sub("", words[-1])
