"""What pages add to a text, and what only looks like it: numbers, headers, contents, divided words, broken lines."""

# ruff: noqa: E501, RUF001
from __future__ import annotations

import unicodedata

import pytest

from codekiln.cleaning.text.contents import drop_contents
from codekiln.cleaning.text.hyphens import join_divided_words
from codekiln.cleaning.text.margins import drop_line_numbers
from codekiln.cleaning.text.normalise import normalise
from codekiln.cleaning.text.pages import drop_page_furniture
from codekiln.cleaning.text.paragraphs import join_lines
from codekiln.cleaning.text.structure import CONTINUES, JOINS
from codekiln.cleaning.text.tidying import tidy

PROSE = [
    "The parties met in the spring and spoke about the price of the field.",
    "No witness could say whether the letter had been sent before the rain.",
    "A receipt was found in the drawer of the desk that stood by the window.",
    "The buyer asked for time, and the seller gave him until the end of May.",
    "Nobody had measured the fence, which ran along the brook to the mill.",
    "When the frost came, the pump stopped, and the cattle had to be moved.",
    "The agent kept a ledger in which every visit was entered by its date.",
    "Both sides say that the other one broke the lease by closing the gate.",
    "The court has seen the place and finds that the path is in daily use.",
    "It follows that the claim must be allowed and the costs must be paid.",
]


def pages(count: int, header: str, footer: str, feed: str = "\n\f") -> str:
    """Pages of prose, each line another one, with a header and a footer that may have the page's number."""
    made = []
    for n in range(1, count + 1):
        body = [f"{line[:-1]} ({n}{i})." for i, line in enumerate(PROSE)]
        made.append("\n".join(filter(None, [header.format(n=n), *body, footer.format(n=n)])))
    return feed.join(made) + "\n"


@pytest.mark.parametrize(
    ("header", "footer"),
    [
        ("Smith v. Jones", "- {n} -"),
        ("", "Page {n} of 4"),
        ("Smith v. Jones      {n}", ""),
        ("", "{n}"),
        ("No. 20-1456", "{n}"),
        ("", "제 {n} 쪽"),
        ("US 7,654,321 B2", "~ {n} ~"),
        ("", "{n}쪽"),
    ],
)
@pytest.mark.parametrize("feed", ["\n\f", "\n"])
def test_headers_footers_and_numbers_go(header: str, footer: str, feed: str) -> None:
    text, gone = drop_page_furniture(pages(4, header, footer, feed))
    for n in range(1, 5):
        for noise in (header.format(n=n), footer.format(n=n)):
            lines = [line.strip() for line in text.split("\n")]
            assert not noise or noise not in (lines[1:] if noise == header else lines)
    assert all(f"({n}{i})" in text for n in range(1, 5) for i in range(10))
    assert gone and "\f" not in text


@pytest.mark.parametrize(
    "text",
    [
        "Section 1\n\n"
        + "\n".join(PROSE)
        + "\n\nSection 2\n\n"
        + "\n".join(PROSE[::-1])
        + "\n\nSection 3\n\nEnd of it.\n",
        "제1조\n" + "\n".join(PROSE) + "\n제2조\n" + "\n".join(PROSE) + "\n제3조\n끝.\n",
        "1\n2\n3\n4\n5\n",
        "[0001] First.\n\n[0002] Second.\n\n[0003] Third.\n",
        "The sum was\n\n12,500\n\nand was paid.\n",
        "In the year\n1984\nit rained.\n",
        "Brown v. Board of Education, 347\nU.S. 483 (1954)\n",
        "§ 12\n\nText.\n\n§ 13\n\nText again.\n",
        "Count one\n\nYes.\n\nCount two\n\nNo.\n",
    ],
)
def test_headings_and_lists_that_count_stay(text: str) -> None:
    assert drop_page_furniture(text) == (text, 0)


def test_a_running_title_stays_once_where_it_is_the_title() -> None:
    text, _ = drop_page_furniture(pages(3, "농지법", "- {n} -"))
    assert text.count("농지법") == 1 and text.startswith("농지법\n")


def test_a_sentence_that_a_page_breaks_goes_on() -> None:
    text = tidy(
        "The seller said that the\n- 2 -\nSmith v. Jones\n\nfence was old.\n- 3 -\nSmith v. Jones\n\nIt was.\n"
    )[0]
    assert text == "The seller said that the fence was old.\n\nIt was.\n"


@pytest.mark.parametrize(
    "table",
    [
        "TABLE OF CONTENTS\n\nI. Facts ........ 1\nII. Law ........... 4\n  A. The lease . . . . . . 12\n",
        "목   차\n\n제1장 총칙 ················ 1\n제2장 의무 ················ 3\n부칙 ·········· 9\n",
        "Contents\nFacts    1\nThe law of leases    7\nCosts    12\n",
        "I. Facts ........ i\nII. Law ........... 4\nIII. Order ...... 9-10\n",
        "TABLE OF AUTHORITIES\nCases\nBrown v. Board of Education,\n   347 U.S. 483 (1954) ........ 3, 7\nRoe v. Wade, 410 U.S. 113 (1973) ..... passim\n",
    ],
)
def test_tables_of_contents_go(table: str) -> None:
    text, gone = drop_contents(f"Title\n\n{table}\n{PROSE[0]}\nThat was in 1984.\n")
    assert [line for line in text.split("\n") if line] == ["Title", PROSE[0], "That was in 1984."] and gone


@pytest.mark.parametrize(
    "text",
    [
        "The contents\nof the drawer were few.\n",
        "He waited ... and waited ... until 9.\n",
        "Name ........... 1\n\nThe form had one line.\n",
        "Index\n\nThe price index rose by a tenth.\nNobody had foreseen it.\n",
    ],
)
def test_what_is_no_table_of_contents_stays(text: str) -> None:
    assert drop_contents(text) == (text, 0)


def test_numbers_of_lines_go_from_pleadings_and_patents() -> None:
    page = "\n".join(f"{i:>2}   {PROSE[i % 10]}" for i in range(1, 29))
    text, gone = drop_line_numbers(f"{page}\n\n{page}\n")
    assert gone == 56 and all(line == "" or line in PROSE for line in text.split("\n"))
    column = [f"{PROSE[i % 10]}{'   ' + str(i) if i % 5 == 0 else ''}" for i in range(1, 26)]
    text, gone = drop_line_numbers("\n".join(column))
    assert gone == 5 and all(line in PROSE for line in text.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{i}. {PROSE[i % 10]}" for i in range(1, 29)),
        "\n".join(f"{i} {PROSE[i % 10]}" for i in range(1, 12)),
        "Width   5\nHeight   10\nDepth   15\n",
    ],
)
def test_numbered_lists_and_tables_stay(text: str) -> None:
    assert drop_line_numbers(text) == (text, 0)


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("The inven-\ntion is old. An invention", "The invention is old. An invention"),
        ("a thresh-\nold of steel", "a threshold of steel"),
        ("the well-\nknown rule", "the well-known rule"),
        ("a self-\nexecuting order", "a self-executing order"),
        ("the water-\ntight seal; the water-tight box", "the water-tight seal; the water-tight box"),
        ("cross-\nexamination of him", "cross-examination of him"),
        ("the pre-\nAIA law", "the pre-\nAIA law"),
        ("pages 35-\n40 of it", "pages 35-\n40 of it"),
        ("the plain-\ntiff's claim", "the plaintiff's claim"),
        ("state-\nof-the-art pumps", "state-\nof-the-art pumps"),
        ("judg-\nment", "judgment"),
        ("short-\nage of seed", "shortage of seed"),
    ],
)
def test_divided_words_are_joined_and_hyphens_kept(printed: str, meant: str) -> None:
    text = join_divided_words(printed)[0].replace(f"{JOINS}\n", "").replace(f"{CONTINUES}\n", " ")
    assert text == meant


def test_broken_lines_become_paragraphs_and_lines_of_their_own_stay() -> None:
    text = "\n".join(
        [
            "OPINION",
            "",
            *PROSE[:4],
            "The short end.",
            *PROSE[4:7],
            "(a) an item of a list that is as long as all the other lines are;",
            "(b) a second item.",
            "",
            "Sincerely",
            "The Clerk",
        ]
    )
    joined = join_lines(text)[0].split("\n")
    assert joined[2] == " ".join([*PROSE[:4], "The short end."])
    assert joined[3] == " ".join(PROSE[4:7])
    assert joined[4:] == [
        "(a) an item of a list that is as long as all the other lines are;",
        "(b) a second item.",
        "",
        "Sincerely",
        "The Clerk",
    ]


def test_headers_beside_stamps_go_and_what_items_of_pages_share_stays() -> None:
    footer = "법제처                    {n}                    국가법령정보센터\n"
    law = "".join(
        f"제{n}조(정의) 이 법에서 사용하는 용어의 뜻은 다음과 같으며 {n}의 예에 따\n1. 항목의 수\n[본조신설 2020. 2. {n}.]\n"
        + "\n".join(PROSE) + "\n3. 보유 기간\n" + footer.format(n=n) + "농지법\n"
        for n in range(1, 6)
    )  # fmt: skip
    text = tidy(law)[0]
    assert "농지법" not in text and "국가법령" not in text
    assert text.count("3. 보유 기간") == 5 and text.count("[본조신설") == 5


def test_a_stamp_does_not_part_the_sentence_that_a_page_breaks() -> None:
    page = "\n".join(PROSE)
    text = tidy(f"{page}\nThe seller said that the\nGPO\n- 2 -\nfence was old.\n{page}\n- 3 -\nGPO\nIt was.\n")[0]
    assert "The seller said that the fence was old." in text and "GPO" not in text


def test_a_date_and_a_figure_that_a_line_end_parts_go_on() -> None:
    lines = [
        "The valve that the seller had fitted in the spring is the one shown in",
        "FIG. 3. It closes when the pressure in the pipe that leads to the well",
        "falls, and nobody had to turn it by hand in the years that came before",
        "Section 5. Repairs",
    ]
    joined = join_lines("\n".join(lines))[0].split("\n")
    assert joined == [" ".join(lines[:3]), lines[3]]
    korean = [
        "원고는 피고와 사이에 이 사건 토지를 매수하는 계약을 체결하고 2012. 3.",
        "5. 그 대금을 모두 지급하였으며 피고는 같은 날 토지를 인도하고 다음의",
        "서류를 교부하였는데 그 가운데에는 등기에 필요한 서류가 빠져 있었던 바",
        "5. 위임장",
    ]
    joined = join_lines("\n".join(korean))[0].split("\n")
    assert joined == [" ".join(korean[:3]), korean[3]]


def test_names_and_addresses_of_a_front_page_stay_lines() -> None:
    front = [
        "(72) 발명자",
        "김민수",
        "경기도 용인시 수지구 풍덕천로 88, 103동 1502호 (풍덕천동, 새마을)",
        "박서준",
        "(57) 요약",
    ]
    text = "\n".join([*front, *(line * 2 for line in ["이 펌프는 물을 길어 올리며 압력이 떨어지면 "] * 4)])
    assert join_lines(text)[0].split("\n")[:5] == front


def test_korean_lines_break_inside_words_too() -> None:
    text = (
        "원고는 피고에게 이 사건 토지를 매도하고 그 매매대\n"
        "금을 지급받았으나 피고는 매매대금의 일부를 돌려줄\n"
        "것을 요구하였고 원고는 이를 받아들이지 아니하였다.\n"
        "그 뒤 피고는 이 사건 소를 제기하여 매매대금을 다투\n"
        "고 있으나 이를 인정할 만한 증거는 기록에 없는 바이\n"
    )
    assert "매매대 금" in tidy(text)[0] or "매매대금을 지급받았으나" in tidy(text)[0]
    assert "돌려줄 것을" in tidy(text)[0]


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        ("e\u0301tude", "\u00e9tude"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"),
        ("\uff21\uff22\uff23\uff08\uff11\uff09", "ABC(1)"),
        ("제\uff11조\u3000제２항", "제1조 제2항"),
        ("e\ufb03cient \ufb02ow", "efficient flow"),
        ("a\u00a0b\u200bc\ufeff", "a bc"),
        ("inven\u00ad\ntion", "invention"),
        ("co\u00adoperate", "cooperate"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x07b\x00c", "abc"),
        ("특허\u318d상표", "특허\u00b7상표"),
        ("\uf900", unicodedata.normalize("NFC", "\uf900")),
        ("㈜한빛", "(주)한빛"),
    ],
)
def test_characters_have_one_form(found: str, meant: str) -> None:
    assert normalise(found) == meant
    assert normalise(meant) == meant
