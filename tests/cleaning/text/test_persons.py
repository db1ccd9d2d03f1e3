"""Who and what is replaced in a legal document, and who and what stays."""

# ruff: noqa: E501
from __future__ import annotations

import pytest

from codekiln.cleaning import redact
from codekiln.cleaning.text.citations import Citations, find
from codekiln.cleaning.text.identifiers import business_number, corporate_number, resident_number


def kinds(text: str) -> dict[str, str]:
    """Value -> kind of what is replaced."""
    return {text[span.start : span.end]: span.kind for span in redact(text, profile="text").spans}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "JOHN Q. PUBLIC, JR.,\n          Plaintiff,\n     v.\nACME CORP.,\n          Defendant.\n",
            {"JOHN Q. PUBLIC"},
        ),
        ("Plaintiff Jane Roe alleges that Ms. Roe was hurt. Roe's claim fails.", {"Jane Roe", "Roe"}),
        (
            "Defendants John Smith and Mary-Ann O'Neil moved to dismiss. O'Neil withdrew.",
            {"John Smith", "Mary-Ann O'Neil", "O'Neil"},
        ),
        ("JANE ROE and RICHARD MILES, Plaintiffs, v. THE UNITED STATES, Defendant.", {"JANE ROE", "RICHARD MILES"}),
        ("Inventors: Anna Schmidt, Berlin (DE); Luis de la Cruz, Madrid (ES)", {"Anna Schmidt", "Luis de la Cruz"}),
        ("(75) Inventors: Schmidt; Anna (Berlin, DE), Lopez; Luis (Madrid, ES)", {"Schmidt; Anna", "Lopez; Luis"}),
        ("Inventor: Donald McAllister, Austin, TX (US)", {"Donald McAllister"}),
        ("/s/ Maria Lopez\nMaria Lopez (SBN 234567)\nAttorneys for Plaintiff", {"Maria Lopez", "234567"}),
        ("I, Peter Falk, declare under penalty of perjury.", {"Peter Falk"}),
        ("Jane Roe argued the cause for petitioner.", {"Jane Roe"}),
        ("Attorney for Defendant: Thomas Gray", {"Thomas Gray"}),
        ("Estate of Harold Finch\n\nFinch died in May.", {"Harold Finch", "Finch"}),
        ("Witness Clara Bow saw Mr. Tanner leave. Tanner ran.", {"Clara Bow", "Tanner"}),
        ("Petitioner Dr. Alan Grant, M.D., appeals.", {"Alan Grant"}),
        ("GARCIA LOPEZ v. HOLDER\n\nPetitioner Maria Garcia Lopez fled.", {"GARCIA LOPEZ", "Maria Garcia Lopez"}),
    ],
)
def test_english_parties_are_replaced_everywhere(text: str, names: set[str]) -> None:
    assert set(kinds(text)) == names


@pytest.mark.parametrize(
    "text",
    [
        "Defendant Acme Widgets Corporation moved to dismiss. Plaintiff Northgate Supply Co. objects.",
        "Plaintiff United States of America appeals. Respondent Commissioner of Internal Revenue answers.",
        "PLAINTIFF'S MOTION FOR SUMMARY JUDGMENT\n\nDEFENDANT MOTION TO DISMISS\n",
        "Plaintiff Motion To Dismiss was denied. Defendant First Amended Answer was filed.",
        "Before: SMITH, JONES, and ROE, Circuit Judges.\n\nSMITH, Circuit Judge:\n",
        "Judge Alsup wrote, and Justice Kagan, joined by Chief Justice Roberts, dissented.",
        "In Brown v. Board of Education, 347 U.S. 483 (1954), and Roe v. Wade, 410 U.S. 113 (1973), the Court so held.",
        "/s/ William Stone\nUNITED STATES DISTRICT JUDGE\n",
        "The plaintiff in this case says that the defendant owes rent.",
        "The tenant, Harbour Bank, paid. The lessor Fenwick Farms, Inc. did not.",
        "Primary Examiner: Susan Wright",
        "원고 주장은 이유 없다. 피고 조합은 이를 다툰다. 원고 승소 판결. 피고 소유의 토지.",
        "원고 이사회는 결의하였다. 피고 회사의 대표이사는 이를 알았다. 피고인 신문조서와 증인 심문.",
        "재판장 판사 김갑동\n판사 이을남\n판사 박병삼\n",
        "피고 대한민국\n피고 주식회사 한빛\n원고 한국전력공사\n피고 서울특별시장\n",
        "채권자 대위권과 채무자 재산, 임대인 지위의 승계, 상속인 전원의 동의, 매수인 명의의 등기.",
        "발명자는 명세서에 기재한다. 출원인 명의변경 신고. 특허권자 이외의 사람.",
        "원고 본인 신문 결과, 피해자 진술 조서, 고소인 조사, 변호인 의견서",
    ],
)
def test_organisations_judges_cited_cases_and_nouns_stay(text: str) -> None:
    assert kinds(text) == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "원      고   김 철 수\n피      고   이영희\n\n김철수는 이영희에게 돈을 빌려주었다.",
            {"김 철 수", "이영희", "김철수"},
        ),
        ("원고 김철수(이하 '원고'라 한다)는 주장한다. 김철수의 말이다.", {"김철수"}),
        ("피고인 박민준을 징역 1년에 처한다.", {"박민준"}),
        ("【원    고】 최서연 외 2인\n【피    고】 주식회사 한빛\n", {"최서연"}),
        ("원고  1. 김철수\n      2. 이영희 (700101-2234567)\n피고  대한민국\n", {"김철수", "이영희", "700101-2234567"}),
        ("소송대리인 변호사 정지훈, 강수진\n", {"정지훈", "강수진"}),
        ("법무법인 태평 담당변호사 윤미경\n", {"윤미경"}),
        ("발명자: 임동혁\n출원인: 한빛전자 주식회사\n", {"임동혁"}),
        ("증인 오성민의 증언에 의하면 그러하다. 오성민은 보았다.", {"오성민"}),
        ("피해자 신예진(여, 34세)은 다쳤다.", {"신예진"}),
        ("원    고   남궁민수\n남궁민수는 패소하였다.", {"남궁민수"}),
        ("원고 김철수(金哲洙)는 말하였다.\n", {"김철수(金哲洙)"}),
        ("원    고   김철수\n\n김씨는 돈을 갚지 않았다. 김 씨의 말.", {"김철수", "김"}),
        ("원    고   허준\n\n허준은 약을 지었다. 허준영은 다른 사람이다.", {"허준"}),
    ],
)
def test_korean_parties_are_replaced_everywhere(text: str, names: set[str]) -> None:
    assert set(kinds(text)) == names


def test_a_person_is_one_person_throughout_and_particles_agree() -> None:
    text = redact(
        "원    고   김 철 수\n\n김철수는 왔다. 김철수가 갔다.\n피    고   박민준\n박민준은 왔다.", profile="text"
    ).text
    name = text.split()[2]
    assert text.count(name) == 3 and "\u25cb" in name and (ord(name[-1]) - 0xAC00) % 28 == 0
    text = redact("Plaintiff JANE ROE sues. Jane A. Roe, Mr. Roe, Roe's car.", profile="text").text
    first, last = text.split()[1].title(), text.split()[2].title()
    assert text == f"Plaintiff {first.upper()} {last.upper()} sues. {first} {last}, Mr. {last}, {last}'s car."


def test_another_repository_has_other_substitutes_and_the_same_one_the_same() -> None:
    text = "Plaintiff Jane Roe sues. SSN 123-45-6789"
    made = [redact(text, repository, profile="text").text for repository in ("a", "a", "b")]
    assert made[0] == made[1] != made[2]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("주민등록번호 700101-1234567", "700101-1234567", "resident_registration"),
        ("(850315-2345678)", "850315-2345678", "resident_registration"),
        ("주민번호: 8503152345678", "8503152345678", "resident_registration"),
        ("외국인등록번호 850315-6345678", "850315-6345678", "foreigner_registration"),
        ("사업자등록번호 123-45-67890", "123-45-67890", "business_registration"),
        ("등록 220-81-62517 입니다", "220-81-62517", "business_registration"),
        ("법인등록번호: 110111-1234567", "110111-1234567", "corporate_registration"),
        ("여권번호 M12345678", "M12345678", "passport"),
        ("Passport No. 512345678", "512345678", "passport"),
        ("SSN 123-45-6789", "123-45-6789", "social_security"),
        ("Social Security number is 123 45 6789", "123 45 6789", "social_security"),
        ("Alien number A 204 881 736", "204 881 736", "alien_registration"),
        ("File A204-881-737 - Harlingen", "204-881-737", "alien_registration"),
        ("A-file no. 204881737", "204881737", "alien_registration"),
        ("EIN: 12-3456789", "12-3456789", "employer_identification"),
        ("State Bar No. 123456", "123456", "bar_number"),
        ("Attorney, Reg. No. 45,678", "45,678", "bar_number"),
        ("전화 010-9876-5432", "010-9876-5432", "phone"),
        ("02-345-6789로 연락", "02-345-6789", "phone"),
        ("+82-10-9876-5432", "+82-10-9876-5432", "phone"),
        ("Tel. (415) 823-4567", "(415) 823-4567", "phone"),
        ("call 415-823-4567 now", "415-823-4567", "phone"),
        ("a message on 01483 562 123", "01483 562 123", "phone"),
        ("Tel: 020 7123 4567.", "020 7123 4567", "phone"),
        ("rang 07911 123456 twice", "07911 123456", "phone"),
        ("+44 20 7123 4567", "+44 20 7123 4567", "phone"),
        ("계좌번호 123-45-678901", "123-45-678901", "bank_account"),
        ("운전면허번호 11-12-345678-90", "11-12-345678-90", "driver_licence"),
        ("mail ada@lovelace.org", "ada@lovelace.org", "email"),
    ],
)
def test_numbers_are_replaced_by_numbers_of_the_same_form_that_nobody_has(text: str, value: str, kind: str) -> None:
    assert kinds(text) == {value: kind}
    new, [span] = redact(text, profile="text")
    if kind != "email":
        assert [c.isdigit() for c in span.substitute] == [c.isdigit() for c in value]
    assert redact(new, profile="text").spans == ()


@pytest.mark.parametrize(
    "text",
    [
        "Brown v. Board of Education, 347 U.S. 483 (1954)",
        "35 U.S.C. § 112(b)",
        "17 C.F.R. § 240.10b-5",
        "[2019] UKSC 5",
        "대법원 2010. 5. 27. 선고 2009다12345 판결",
        "특허법 제29조 제2항",
        "US 7,654,321 B2",
        "KR 10-1234567 B1",
        "한국 등록특허 제10-1234567호",
        "U.S. Patent No. 7,654,321",
        "Fed. R. Civ. P. 12(b)(6)",
        "Pub. L. No. 111-148",
    ],
)
def test_citations_are_whole_and_stay(text: str) -> None:
    [(start, end)] = Citations(f"See {text}, as was said.").spans
    found = f"See {text}, as was said."[start:end]
    assert text.endswith(found.removeprefix("See "))
    assert kinds(f"사업자등록번호 EIN {text} 여권번호") == {}


@pytest.mark.parametrize(
    "text",
    [
        "on 2020-03-05 at 12:30", "2010. 5. 27.", "$12,345,678", "order no. 000-12-34567", "Case No. 21-1234567", "제1조 제2항 제3호",
        "123-45-67890", "ISBN 978-3-16-148410-0", "1,234,567 units", "pages 100-12-3", "800101-1******", "trademark Reg. No. 1,234,567",
        "01632 960 123", "0200 000 000 shares", "items 0100 to 0200",
    ],
)  # fmt: skip
def test_numbers_of_no_person_stay(text: str) -> None:
    assert kinds(text) == {}


@pytest.mark.parametrize("serial", range(100))
def test_no_substitute_of_a_company_reads_like_a_resident(serial: int) -> None:
    text = f"법인등록번호: 110111-{1234500 + serial}"
    new, [span] = redact(text, profile="text")
    assert span.kind == "corporate_registration" and redact(new, profile="text").spans == ()


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("She was born on March 4, 1979.", "She was born on January 1, 1979."),
        ("Roe (DOB: 07/19/1984) moves", "Roe (DOB: 01/01/1984) moves"),
        ("date of birth is 12 August 1988", "date of birth is 1 January 1988"),
        ("Date of birth: January 4th, 1990", "Date of birth: January 1st, 1990"),
        ("생년월일 1979. 3. 4.", "생년월일 1979. 1. 1."),
        ("생년월일: 1979년 3월 14일", "생년월일: 1979년 1월 01일"),
    ],
)
def test_of_a_date_of_birth_the_year_stays(text: str, after: str) -> None:
    assert redact(text, profile="text").text == after
    assert redact(after, profile="text").spans == ()


def test_national_insurance_numbers_are_replaced() -> None:
    new, [span] = redact("Her number, AB 12 34 56 C, was given.", profile="text")
    assert span.kind == "national_insurance" and "AB 12 34 56 C" not in new
    assert redact(new, profile="text").spans == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Her minor child, Oliver Penhallow, was insured.", "Penhallow"),
        ("It was sold to her husband, Rafael Quintero. He", "Quintero"),
        ("FOR FURTHER INFORMATION CONTACT: Theresa Ambleside, Engineer", "Ambleside"),
    ],
)
def test_kin_and_contacts_are_persons(text: str, name: str) -> None:
    assert name not in redact(text, profile="text").text


def test_check_digits_are_those_of_the_registries() -> None:
    # 220-81-62517 and 130111-0006246 are published by the companies that have them.
    assert business_number("2208162517") and not business_number("2208162518")
    assert corporate_number("1301110006246") and not corporate_number("1301110006247")
    assert resident_number("8001011000003") == (
        (
            (
                11
                - sum(int(d) * w for d, w in zip("800101100000", (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True))
                % 11
            )
            % 10
        )
        == 3
    )


def test_bytes_that_are_no_text_stay() -> None:
    data, spans = redact(b"\xff Plaintiff Jane Roe sues \xfe", profile="text")
    assert data.startswith(b"\xff Plaintiff ") and data.endswith(b" sues \xfe")
    assert [(span.start, span.end) for span in spans] == [(12, 20)]


def test_a_cited_case_in_short_is_no_party() -> None:
    text = "Parents Involved in Community Schools v. Seattle School Dist. No. 1, 551 U. S. 701. See Parents Involved, supra, at 720."
    assert kinds(text) == {}


def test_front_pages_as_courts_and_offices_print_them() -> None:
    london = (
        "Before:\nMR JUSTICE SMITH\nBetween:\nROBERT HARRIS\nClaimant\n- and -\n(1) DAVID COLLINS\n(2) COLLINS TRADING LIMITED\nDefendants\n"
        "Mr James Turner QC for the Claimant\n1. Mr Harris's case rests on Donoghue v Stevenson [1932] AC 562.\n"
    )
    assert set(kinds(london)) == {"ROBERT HARRIS", "DAVID COLLINS", "James Turner", "Harris"}
    patent = "(75) Inventors: John A. Smith, Austin, TX (US);\n     Mary Jones-Parker, Boston, MA (US)\n(73) Assignee: Acme Pumps, Inc.\n"
    assert set(kinds(patent)) == {"John A. Smith", "Mary Jones-Parker"}
    assert set(kinds("(72) 발명자\n  김민수\n  서울특별시 강남구\n(74) 대리인\n  특허법인한빛\n")) == {"김민수"}
    assert set(kinds("피고인은 공소외 이상호와 공모하였다.")) == {"이상호"}
    korean = "(72) 발명자\n김민수\n서울특별시 송파구 올림픽로 300\n박서준\n경기도 성남시\n(74) 대리인\n특허법인 세림, 윤미경\n전체 청구항 수\n명세서\n"
    assert set(kinds(korean)) == {"김민수", "박서준", "윤미경"}
    counsel = "Lucinda M. Barrow, Barrow & Sloan LLC, 55 Public Square, Cleveland, OH 44113, for Plaintiff.\n"
    assert set(kinds(counsel)) == {"Lucinda M. Barrow"}


def test_a_party_that_shares_its_name_with_a_cited_case_goes_and_the_case_stays() -> None:
    text = "Petitioner Timothy Walker lost. Walker appeals. Under Walker v. City of Birmingham, 388 U.S. 307 (1967), and in Walker the rule holds."
    new = redact(text, profile="text").text
    assert new.count("Walker") == 2 and "Walker v. City of Birmingham, 388" in new and "in Walker the rule" in new


def test_the_number_of_a_case_alone_is_a_citation_and_a_year_is_none() -> None:
    text = "원심은 2017다123456 사건에서 2017년 3월의 일을 보았다."
    assert [text[start:end] for start, end in find(text)] == ["2017다123456"]
