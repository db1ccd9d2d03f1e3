"""The table of boilerplate: sentences and lines that say the same in thousands of documents. Data only.

Written after what patents, opinions and law databases print, in our own words; tests/cleaning/golden/legal.yaml has of
each rule what it drops and what it keeps. The report names what fired.
"""

# ruff: noqa: E501
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Boilerplate:
    """One rule. `expression` is looked for in a text; the sentence around it goes, or the line that it fills."""

    name: str
    expression: str
    words: tuple[str, ...]
    """One of them, in lower case, is in every match."""
    line: bool = False


_ART = r"(?:those|one|persons?|a person|anyone|the person|artisans?)(?: of (?:ordinary )?skill| (?:having )?(?:ordinary )?skill(?:ed)?| with (?:ordinary )?skill| ordinarily skilled)* in the (?:relevant |pertinent )?arts?"
_CHANGE = r"(?:modif|chang|variation|variant|alternativ|equivalent|substitut|adaptation|improvement|scope|spirit|other embodiments|widely varying|combin)"
_THE = r"(?:the|this|these|any|such|its|various|described|disclosed|above|present|claimed|foregoing|particular|specific|exemplary|preferred|illustrated|precise|exact|[\w-]+)"

BOILERPLATE: tuple[Boilerplate, ...] = (
    Boilerplate(
        "skilled in the art",
        rf"\b(?:apparent|understood|appreciated|recogni[sz]ed?|obvious|evident|clear|occur|realize|appreciate|understand)\b[^.\n]{{0,60}}{_ART}[^.\n]{{0,120}}{_CHANGE}|{_ART},?[^.\n]{{0,60}}(?:will|would|may|can|could|should)(?: also| readily)?[^.\n]{{0,30}}(?:appreciate|understand|recogni[sz]e|realize|devise|make|effect)[^.\n]{{0,120}}{_CHANGE}|{_CHANGE}[^.\n]{{0,100}}(?:apparent|obvious|evident|occur|suggest)[^.\n]{{0,40}}{_ART}",
        ("in the art", "in the relevant art", "in the pertinent art", "in the arts"),
    ),
    Boilerplate(
        "not limited to the embodiments",
        rf"\b(?:invention|disclosure|embodiments?|examples?|application|claims?|scope|technology|subject matter|teachings)\b[^.\n]{{0,60}}\b(?:not|nor|never)\b[^.\n]{{0,50}}\b(?:limited|restricted|confined)\b,? ?(?:thereby|thereto|(?:only )?(?:to|by|solely to) (?:{_THE} ){{0,4}}(?:embodiments?|examples?|description|details?|forms?|illustrations?|implementations?|arrangements?|constructions?|disclosures?|drawings?|foregoing|same))",
        ("limited", "restricted", "confined"),
    ),
    Boilerplate(
        "without departing from the scope",
        r"\bwithout (?:departing|departure|deviating|straying) (?:from )?(?:the )?(?:[\w-]+ ){0,3}(?:spirit|scope|principles?|teachings|essence|concepts?|essential)",
        ("departing from", "departure from", "deviating from", "straying from"),
    ),
    Boilerplate(
        "illustrative only",
        r"\b(?:foregoing|above|preceding|detailed|this|described) (?:[\w-]+ ){0,3}(?:description|embodiments?|examples?|disclosure|discussion|specification)[^.\n]{0,80}\b(?:illustrat(?:ive|ion)|exemplary|example)[^.\n]{0,80}\b(?:not|only|rather)\b|considered in all respects[^.\n]{0,20}illustrative|not intended to be exhaustive",
        ("illustrati", "exemplary", "exhaustive", "example"),
    ),
    Boilerplate(
        "scope by the claims",
        r"\b(?:scope|metes and bounds|spirit and scope)\b[^.\n]{0,80}\b(?:defined|determined|limited|indicated|set forth|measured|ascertained|given)\b[^.\n]{0,40}\b(?:only )?(?:by|in|with reference to)\b[^.\n]{0,30}\bclaims\b|\ball (?:such )?(?:changes|modifications|variations|equivalents)[^.\n]{0,120}\b(?:embraced|covered|encompassed|included|fall(?:ing)?|come)\b[^.\n]{0,80}(?:claims|scope)",
        ("claims", "scope"),
    ),
    Boilerplate(
        "what is claimed",
        r"(?:(?:having thus described[^\n]{0,200}?,? ?)?what (?:is|we|I) (?:is )?claim(?:ed)?(?: as (?:new|my invention|our invention)[^\n:]{0,60})?(?: and desired? [^\n:]{0,60})?(?: is)?|(?:I|we) claim|the invention claimed is|(?:the )?claims? defining the invention (?:is|are) as follows|it is claimed|(?:the )?embodiments of the invention in which an exclusive property[^\n]{0,80})[ ]?[:;.\-\u2014]{0,2}",
        ("claim", "exclusive property"),
        line=True,
    ),
    Boilerplate(
        "terminology",
        r"\bterminology (?:used|employed) (?:herein|in (?:this|the) [\w ]{4,30})[^.\n]{0,40}(?:for|is)[^.\n]{0,40}(?:describing|description)|\bsingular forms? [^.\n]{0,60}(?:includ|intend|plural)|\bunless the context clearly (?:indicates|dictates) otherwise",
        ("terminology", "singular form", "unless the context"),
    ),
    Boilerplate(
        "one embodiment",
        r"\breferences?\b[^.\n]{0,60}[\"\u201c'\u2018](?:one|an|some|the|various|certain) embodiments?[^.\n]{0,200}(?:means?|indicates?|refers?|not necessarily|appear)|\bphrases? [\"\u201c'\u2018]in (?:one|an|some) embodiments?[^.\n]{0,120}(?:not necessarily|does not|do not)",
        ("embodiment",),
    ),
    Boilerplate(
        "first and second",
        r"\balthough the terms [\"\u201c'\u2018]?first[^.\n]{0,60}second[^.\n]{0,160}(?:not be limited|only used to distinguish)|\bthese terms are only used to distinguish one element",
        ("first", "these terms"),
    ),
    Boilerplate(
        "copyright of the patent",
        r"\bportion of the disclosure of this patent document contains[^.\n]{0,60}|\bcopyright owner has no objection to the (?:facsimile )?reproduction",
        ("portion of the disclosure", "copyright owner has no objection"),
    ),
    Boilerplate(
        "통상의 지식",
        r"통상의[ ]?(?:지식|기술)을?[ ]?(?:가진|갖는|보유한)[ ]?(?:자|사람|이|당업자)[^.\n]{0,160}(?:변형|변경|수정|치환|균등|이해할|자명|명백|실시할|벗어나지|가능)|당업자(?:라면|에게|는|가)[^.\n]{0,120}(?:변형|변경|수정|치환|자명|이해할|균등)",
        ("통상의", "당업자"),
    ),
    Boilerplate(
        "실시예에 한정되지 않음",
        r"(?:발명|고안|실시예|개시|권리범위|기술적[ ]?사상|범위)[은는이가을를][^.\n]{0,120}(?:실시예|실시[ ]?형태|도면|설명|예시|기재|이)[들]?[에로으][^.\n]{0,30}(?:한정|국한|제한)(?:되|하)[^.\n]{0,30}(?:않|아니)",
        ("한정", "국한", "제한"),
    ),
    Boilerplate(
        "범위를 벗어나지 않는",
        r"(?:발명|고안|개시|청구범위|기술적)[^.\n]{0,60}(?:사상|범위|본질|요지|영역|정신)[^.\n]{0,30}(?:벗어나지|이탈하지|일탈하지)[ ]?(?:않|아니)",
        ("벗어나지", "이탈하지", "일탈하지"),
    ),
    Boilerplate(
        "예시적인 것",
        r"(?:이상에서|전술한|상술한|앞서|상기한?|기술한|기재된|설명한)[^.\n]{0,80}(?:실시예|설명|발명|실시[ ]?형태)[^.\n]{0,60}(?:예시적|예시를|예시에|예시일)[^.\n]{0,80}",
        ("예시",),
    ),
    Boilerplate(
        "청구범위에 의하여 정해짐",
        r"(?:보호[ ]?범위|권리[ ]?범위|발명의[ ]?범위|진정한[^.\n]{0,20}범위)[은는이가][^.\n]{0,120}청구[ ]?(?:의[ ]?)?범위[^.\n]{0,40}(?:의하여|의해|따라|기초하여|나타내|해석|정해|한정|포함)|청구범위의[ ]?의미[^.\n]{0,80}(?:변경|변형)",
        ("범위",),
    ),
    Boilerplate(
        "용어의 사용",
        r"(?:본[ ]?명세서|본[ ]?출원|본[ ]?발명|여기)에서[ ]?(?:사용|기재)(?:된|한|하는|되는)[ ]?용어[들은는]+[^.\n]{0,120}(?:설명|한정|의도|위한)|단수의[ ]?표현[은는이가][^.\n]{0,80}(?:복수|문맥)|\"?(?:포함하다|가지다)\"?[^.\n]{0,60}(?:등의|라는)[ ]?용어[^.\n]{0,120}(?:배제|존재)",
        ("용어", "단수의"),
    ),
    Boilerplate(
        "제1, 제2 등의 용어",
        r"제[ ]?1[ ]?,?[ ]?(?:및[ ]?)?제[ ]?2[ ]?등의[ ]?용어[^.\n]{0,160}|상기[ ]?용어들은[^.\n]{0,60}(?:구별|구분)하는[ ]?목적",
        ("등의", "용어들은"),
    ),
    Boilerplate(
        "not for publication",
        r"(?:\*+[ ]?)?(?:NOT (?:RECOMMENDED )?(?:FOR|TO BE) (?:PUBLICATION|PUBLISHED|FULL[- ]TEXT PUBLICATION)|NOT PRECEDENTIAL|NONPRECEDENTIAL|UNPUBLISHED(?: OPINION)?|DO NOT PUBLISH|FOR PUBLICATION|NOT DESIGNATED FOR PUBLICATION|THIS OPINION (?:IS|WAS) NOT[A-Z ]{0,20} BINDING PRECEDENT[A-Z ]{0,20}|Not for [Pp]ublication|Unpublished [Oo]pinion|File Name:[ ]\w+\.\w+)(?:[ ](?:IN|WITHOUT|UNTIL|PURSUANT)[^\n]{3,80})?[ ]?(?:\*+|\.)?",
        ("publi", "precedent", "file name"),
        line=True,
    ),
    Boilerplate(
        "subject to revision",
        r"\b(?:opinion|decision|slip opinion|disposition|order|syllabus)s?\b[^.\n]{0,60}\bsubject to (?:[\w-]+ ){0,3}(?:revision|correction|modification|editing|editorial)|\breaders are requested to notify the reporter|\bmay be (?:corrected|revised|modified) (?:or [\w-]+ )?before (?:final )?publication|\bin order that (?:any )?corrections may be made before",
        (
            "subject to",
            "readers are requested",
            "before publication",
            "before final publication",
            "corrections may be made",
        ),
    ),
    Boilerplate(
        "syllabus note",
        r"\bsyllabus constitutes no part of the opinion|\bwhere it is feasible, a syllabus|\bsyllabus \(headnote\) will be released|\bprepared by the reporter of decisions for the convenience",
        ("syllabus", "reporter of decisions"),
    ),
    Boilerplate(
        "no precedent",
        r"\b(?:disposition|opinion|decision|memorandum|order|ruling)s?\b[^.\n]{0,80}\bnot (?:appropriate for publication|precedent|binding|to be (?:published|cited)|be (?:published|cited)|citable|designated)|\bunpublished (?:opinions?|dispositions?|decisions?|orders?) (?:are|is|shall|may|should)[^.\n]{0,80}(?:precedent|cited|binding)|\bshould not be published and is not precedent",
        ("preceden", "publi", "cited", "binding", "citable"),
    ),
    Boilerplate(
        "electronic document",
        r"\b(?:this|the) (?:document|order|opinion|judgment) (?:was|has been|is) (?:electronically|digitally) (?:signed|filed|issued|generated|served)|\bdigitally signed by\b|\bsigned electronically\b|\boriginal signed copy\b|\bcopies of this (?:transcript|judgment) (?:are|may be)",
        ("electronic", "digitally", "signed copy", "copies of this"),
    ),
    Boilerplate(
        "unofficial text",
        r"\b(?:this|the) (?:document|version|text|website|site|compilation|consolidation|publication|copy|database)\b[^.\n]{0,80}\b(?:is not|does not|not an?|no)\b[^.\n]{0,50}\b(?:official|legal advice|legally binding|legal effect|authoritative|warrant)|\bfor (?:convenience|reference|informational|information) (?:of reference |of the reader |purposes )?only\b[^.\n]{0,60}|\bofficial (?:version|text|copy)[^.\n]{0,60}\b(?:prevails?|controls?|governs?|should be consulted|shall prevail)",
        ("official", "legal advice", "legally binding", "legal effect", "authoritative", "warrant", "only"),
    ),
    Boilerplate(
        "발급번호 조회",
        r"(?:사건검색[ ]?컴퓨터|발급번호[ ]?조회|문서[ ]?하단에[ ]?표시된)[^.\n]{0,160}(?:위[ ,·.]{0,2}변조|확인하실|조회)",
        ("발급번호", "사건검색", "문서 하단"),
    ),
    Boilerplate(
        "비실명 처리",
        r"비[ ]?실명[ ]?처리[ ]?(?:일자|일)?[ ]?:?[ ]?[\d. \-]*(?:되었|된|하였|합니다)?|개인정보[^.\n]{0,30}(?:비식별|비실명|삭제)[ ]?(?:처리)?[^.\n]{0,20}(?:되었|하였)",
        ("실명", "개인정보"),
    ),
    Boilerplate(
        "관보와 전산 정보",
        r"(?:법령|자료|정보|문서|판결문|내용)[은는이가][^.\n]{0,80}(?:참고|법적[ ]?효력|법적인[ ]?효력|공식|관보|원문|차이)[^.\n]{0,60}(?:않습니다|아닙니다|없습니다|바랍니다|있습니다|우선)|관보[^.\n]{0,40}(?:다를|확인하시기|참조하시기|우선)|(?:국가법령정보센터|종합법률정보|대한민국[ ]?법원)에서[ ]?제공",
        ("관보", "법적", "참고", "공식", "원문", "제공"),
    ),
    Boilerplate(
        "정본",
        r"(?:위[ ]?)?(?:정본|등본|초본|부본)(?:입니다|임|은[ ]?원본과[ ]?(?:상위|틀림)[ ]?없(?:음|습니다)[^\n]{0,20})\.?",
        ("본입니다", "본임", "본은 원본"),
        line=True,
    ),
)
