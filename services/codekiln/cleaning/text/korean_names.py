"""Korean names: where parties, their counsel and inventors are named, and what after such a word is a name and what is not.

A line that begins with a role ("원    고   김 철 수") is enough for any name. In running text a role is followed by
nouns far more often than by names ("피고 주장"), so there a name has three syllables that names are made of, and a
particle or the end of the word after it.
"""

# ruff: noqa: E501, RUF001
from __future__ import annotations

import re
from collections.abc import Iterator

_SURNAMES = "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예경봉사부가복태목형계피두감음빈동온호범승간상시갈좌팽"
_COMPOUND = ("남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방")
_GIVEN = frozenset(
    "가갑강건겸경계고관광교구국권규균근금기길나남내녀노누다단달담대덕도돈동두라란람래려련렬령례로록룡루류률름리린림만맹면명모무묵문미민바발방배백범법별병보복본봉부비빈빛사산삼상새서석선설섭성세소솔송수숙순숭슬승시식신아안애양억언연열엽영예오옥온완왕용우욱운웅원월위유윤율은을음의이인일임자장재전점정제조종좌주준중지진찬창채천철청초춘충치칠태택평표필하학한해향헌혁현형혜호홍화환황효후훈휘흥희"
)
_ROLES = [
    "원고",
    "피고",
    "피고인",
    "피의자",
    "신청인",
    "피신청인",
    "청구인",
    "피청구인",
    "채권자",
    "채무자",
    "제3채무자",
    "상고인",
    "피상고인",
    "항소인",
    "피항소인",
    "항고인",
    "재항고인",
    "상대방",
    "참가인",
    "보조참가인",
    "독립당사자참가인",
    "선정당사자",
    "소송대리인",
    "대리인",
    "변호인",
    "변호사",
    "담당변호사",
    "변리사",
    "법무사",
    "법정대리인",
    "친권자",
    "후견인",
    "특별대리인",
    "대표이사",
    "대표자",
    "대표사원",
    "사내이사",
    "청산인",
    "관리인",
    "파산관재인",
    "발명자",
    "고안자",
    "창작자",
    "출원인",
    "특허권자",
    "권리자",
    "등록권리자",
    "증인",
    "감정인",
    "참고인",
    "피해자",
    "고소인",
    "고발인",
    "공소외",
    "소외",
    "망",
    "공동피고인",
    "상피고인",
    "피고소인",
    "반소원고",
    "반소피고",
    "임대인",
    "임차인",
    "매도인",
    "매수인",
    "유언자",
    "상속인",
    "피상속인",
    "사건본인",
    "피후견인",
    "행위자",
    "가해자",
    "진정인",
    "성명",
    "이름",
    "친권자부",
    "친권자모",
    "배우자",
]
_SPACED = "|".join(r"[ \t]*".join(role) for role in sorted(_ROLES, key=len, reverse=True))
_PLAIN = "|".join(sorted(_ROLES, key=len, reverse=True))
_PARTICLE = r"(?:은|는|이|가|을|를|의|에게|에게서|에|와|과|도|만|로부터|으로부터|로|으로|께서|께|한테|및|등|씨|님|외|인|이고|이며|이라|라고|라는|이나|나|측|에\s?대|처럼|보다|이었|였)"
_NAME = r"(?:[가-힣]{2,4}|[가-힣](?:[ \t]{1,3}[가-힣]){1,3})"
_HEADER = re.compile(
    rf"^[ \t]*(?:[\[【(]?\d{{2}}[\])】][ \t]*)?[\[【(]?(?:{_SPACED})(?:들)?[\])】]?(?:[ \t]*[,·겸/(][ \t]*(?:{_SPACED})(?:들)?[ \t]*\)?)*[ \t]*(?:\([가-힣, ]{{2,20}}\))?"
    rf"(?:[ \t]*[:：][ \t]*|[ \t]+)(?:\d{{1,2}}[.)][ \t]*)?(?:망[ \t]+|변호사[ \t]+|변리사[ \t]+)?(?P<name>{_NAME})(?=[ \t]*(?:$|[,(;·]|외[ ]\d|\d|및[ ]))(?P<more>(?:[ \t]*,[ \t]*{_NAME}(?=[ \t]*(?:$|[,(;])))*)",
    re.MULTILINE,
)
_LISTED = re.compile(
    rf"\n[ \t]*\d{{1,2}}[.)][ \t]*(?:망[ \t]+)?(?P<name>{_NAME})(?=[ \t]*(?:$|[,(]|\n))[^\n]*", re.MULTILINE
)
_RUNNING = re.compile(
    rf"(?<![가-힣])(?:{_PLAIN})(?:들)?(?:\([가-힣 ]{{2,12}}\))?[ \t]*(?::[ \t]*)?[ \t](?:망[ ]|변호사[ ])?(?P<name>[가-힣]{{3,4}}?)(?=(?:{_PARTICLE})?(?:[^가-힣]|$)|(?:{_PARTICLE})(?:[가-힣]{{0,2}})(?:[^가-힣]|$))(?P<more>(?:[ \t]*,[ \t]*[가-힣]{{3}}(?![가-힣]))*)"
)
_AFTER = re.compile(rf"{_PARTICLE}|(?![가-힣])")
_AFTER_SHORT = re.compile(rf"{_PARTICLE}(?![가-힣])|(?![가-힣])")
"""What follows a name: a particle, or no syllable."""
_HANJA = re.compile(r"[ ]?\([\u4e00-\u9fff]{2,4}\)")
_CALLED = re.compile(r"(?<![가-힣])([가-힣]{1,2})(?=[ ]?(?:씨|모[ ]?씨)(?![가-힣]{2}))")
_BELOW = re.compile(
    r"^[ \t]*(?:[(\[]\d{2}[)\]][ \t]*)?(?:발명자|고안자|창작자|출원인|대리인|특허권자)[ \t]*:?[ \t]*((?:\n[ \t]*[가-힣]{2,4}[ \t]*(?=\n|$))+)",
    re.MULTILINE,
)
"""A patent's front page has names in the lines below."""
_FIELDS = re.compile(r"^[ \t]*[(\[](7[1-6])[)\]][^\n]*((?:\n(?![ \t]*[(\[]\d\d[)\]])[^\n]+){1,40})", re.MULTILINE)
"""Of a patent's front page, what is below a field of persons (WIPO ST.9: 71 to 76)."""
_ALONE = re.compile(r"[가-힣]{2,4}")
_FIRM = re.compile(r"(?:특허|법무|법률|국제)[가-힣 ]{0,20}|[가-힣 ]{1,20}(?:법인|사무소)")
_SEPARATE = re.compile(r"[ \t]*,[ \t]*")
_JUDGE = re.compile(
    rf"(?:재판장|대법관|재판관|판사|주심|심판장|심판관|심사관|검사|법원주사|법원사무관|사법보좌관)(?:[ \t]+(?:판사|대법관|심판관))*[ \t:]+{_NAME}(?:[ \t]*,[ \t]*{_NAME})*|^[ \t]*(?:재[ \t]*판[ \t]*장|판[ \t]*사|대[ \t]*법[ \t]*관|심[ \t]*판[ \t]*장|심[ \t]*판[ \t]*관)(?:[ \t]+판[ \t]*사)?[ \t]+{_NAME}",
    re.MULTILINE,
)

_ORGANISATION = re.compile(
    r"(?:은행|회사|공사|공단|조합|법인|학교|대학|대학교|병원|의원|협회|재단|교회|사찰|청장|시장|군수|구청장|장관|위원회|위원장|세무서|세무서장|법원|검사|산업|건설|전자|물산|상사|개발|주식|화학|제약|생명|보험|증권|중공업|그룹|연구원|연구소|연구소장|총장|국가|정부|대한민국|지사|도지사|교육감|관리단|대표회의|중앙회|연합회|공제회|종중|문중|소방서|경찰서|우체국|센터|처장|원장|서장|본부|기업|통신|운수|택시|신협|농협|수협)$"
)
_NOUNS = frozenset(
    """
    주장 소유 소송 신청 승소 패소 전부 일부 이의 손해 정당 제출 지급 채권 채무 고소 공소 조합 이익 주식 심문 진술 명의 소장 대리 본인 본소 반소
    변론 항소 상고 측이 측은 모두 사이 상대 이전 이후 이하 이유 이사 임원 직원 사원 주주 유족 가족 부부 남편 처는 자녀 장남 차남 장녀 부모 모친
    부친 대표 지위 자격 책임 의무 권리 행위 과실 고의 점유 등기 임대 임차 매매 계약 해제 해지 취소 무효 처분 청구 기각 각하 인용 판결 결정 답변
    서면 준비 증거 증언 감정 사실 경우 관계 관하 대한 위한 통하 의하 인하 성명 주소 주민 생년 연락 전화 국적 직업 등록 기준 송달 사건 재판 법원
    부분 금원 금액 원금 이자 지연 비용 보수 수수 한국 미국 일본 중국 서울 부산 대구 인천 광주 대전 울산 경기 강원 전남 전북 경남 경북 제주 국민
    신한 우리 하나 기업 조흥 외환 현대 삼성 전원 각자 공동 연대 사용 수익 임금 퇴직 신축 건물 토지 도로 대지 주택 아파 상가 점포 차량 자동 시설
    설치 제조 제작 판매 실시 발명 고안 특허 상표 의장 디자 출원 명세 도면 제품 물건 방법 장치 구성 기재 표시 사항 내용 취지 요지 이름 나이 성별
    유죄 무죄 자백 구속 체포 기소 수사 조사 신문 선고 형사 민사 행정 가사 도주 방어 변호 국선 사선 선임 해임 위임 수임 대한 민국 정부 국가
    """.split()  # noqa: SIM905
)


def is_name(name: str, strict: bool) -> bool:
    """Whether this is a person's name; `strict` where running text leads to it."""
    if name.startswith(_COMPOUND) and 3 <= len(name) <= 4:
        return True
    if not 2 <= len(name) <= 3 or name[0] not in _SURNAMES or _ORGANISATION.search(name):
        return False
    if name in _NOUNS or name[:2] in _NOUNS or name in _ROLES or any(role.startswith(name) for role in _ROLES):
        return False
    return not strict or (len(name) == 3 and all(syllable in _GIVEN for syllable in name[1:]))


def people(text: str) -> Iterator[tuple[str, str]]:
    """Persons in the positions of parties: the name as it is written there, and without spaces; the latter as well."""
    for found in _HEADER.finditer(text):
        names = [found["name"], *_SEPARATE.split(found["more"] or "")]
        at = text.find("\n", found.end())
        while at >= 0 and (listed := _LISTED.match(text, at)):
            names.append(listed["name"])
            at = listed.end()
        for written in names:
            name = "".join(written.split())
            if is_name(name, strict=False):
                yield written, name
                yield name, name
    for found in _BELOW.finditer(text):
        yield from ((name, name) for name in found[1].split() if is_name(name, strict=False))
    for found in _FIELDS.finditer(text):
        for line in found[2].split("\n"):
            # Between names are addresses; an agent's firm stands before the agents.
            names = [name.strip() for name in line.split(",")]
            firm = _FIRM.match(names[0])
            if all(_ALONE.fullmatch(name) for name in names[bool(firm) :]):
                strict = found[1] == "74" and not firm
                yield from ((name, name) for name in names if len(name) > 2 and is_name(name, strict))
    for found in _RUNNING.finditer(text):
        for name in (found["name"], *_SEPARATE.split(found["more"] or "")):
            if is_name(name, strict=True) and not _ends_in_particle(text, found, name):
                yield name, name


def mentions(text: str, forms: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    """Where the names stand, and which; longer ones first, Hanja in parentheses with them."""
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        at = text.find(form)
        while at >= 0:
            end = at + len(form)
            follows = _AFTER_SHORT if len(form) == 2 else _AFTER
            if not "가" <= text[at - 1 : at] <= "힣" and follows.match(text, end):
                hanja = _HANJA.match(text, end)
                yield at, hanja.end() if hanja else end, forms[form]
            at = text.find(form, end)


def called(text: str, surnames: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    """Where somebody is called by a known surname: "김씨". `surnames` says of each whose it is."""
    for found in _CALLED.finditer(text):
        if found[1] in surnames:
            yield *found.span(1), surnames[found[1]]


def _ends_in_particle(text: str, found: re.Match[str], name: str) -> bool:
    """Of "조합은" the last syllable is no part of a name, unless the same three are followed by a particle elsewhere."""
    if name[-1] not in "은는이가을를의에와과도만로":
        return False
    follows = text[found.end("name") : found.end("name") + 1]
    if "가" <= follows <= "힣" or follows in ",(":
        return False
    return re.search(rf"{name}{_PARTICLE}(?![가-힣])", text) is None


def surname(name: str) -> str:
    """Its first part."""
    return name[:2] if name.startswith(_COMPOUND) else name[0]


def judges(text: str) -> list[tuple[int, int]]:
    """Where judges, examiners and prosecutors are named: those who act for the state stay."""
    return [found.span() for found in _JUDGE.finditer(text)]
