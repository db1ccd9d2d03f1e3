"""Boilerplate and stamps: of every rule what goes and what stays, by a golden file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from codekiln.cleaning.text.boilerplate import drop_boilerplate
from codekiln.cleaning.text.boilerplate_rules import BOILERPLATE
from codekiln.cleaning.text.stamps import STAMPS, drop_stamps

GOLDEN: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "golden" / "legal.yaml").read_text())
BEFORE, AFTER = "The pump stood beside the well.", "It was sold in the spring."


def test_every_rule_has_its_examples() -> None:
    assert list(GOLDEN["boilerplate"]) == [rule.name for rule in BOILERPLATE]
    assert list(GOLDEN["stamps"]) == [stamp.name for stamp in STAMPS]


@pytest.mark.parametrize(("name", "example"), GOLDEN["boilerplate"].items())
def test_boilerplate_goes_and_its_neighbours_stay(name: str, example: dict[str, str]) -> None:
    line = next(rule.line for rule in BOILERPLATE if rule.name == name)
    between = "\n" if line else " "
    text, found = drop_boilerplate(f"{BEFORE}{between}{example['drop']}{between}{AFTER}\n")
    assert text == f"{BEFORE}{between}{AFTER}\n" and name in found
    kept = f"{BEFORE}{between}{example['keep']}{between}{AFTER}\n"
    assert drop_boilerplate(kept) == (kept, {})


@pytest.mark.parametrize(("name", "example"), GOLDEN["stamps"].items())
def test_stamps_go_and_lines_that_are_like_them_stay(name: str, example: dict[str, str]) -> None:
    text, _ = drop_stamps(f"{BEFORE}\n{example['drop']}\n{AFTER}\n")
    assert text == f"{BEFORE}\n{AFTER}\n"
    kept = f"{BEFORE}\n{example['keep']}\n{AFTER}\n"
    assert drop_stamps(kept) == (kept, 0)


def test_a_patents_own_number_goes_where_pages_repeat_it_and_a_cited_one_stays() -> None:
    own, cited = "US 9,876,543 B2", "US 7,654,321 B2"
    text = f"{own}\n{BEFORE}\n{cited}\n{own}\n{AFTER}\n"
    assert drop_stamps(text) == (f"{BEFORE}\n{cited}\n{AFTER}\n", 2)


def test_a_patents_own_number_is_that_of_its_front_page_and_takes_the_numbers_of_columns_along() -> None:
    front = f"Patent No.: US 9,876,543 B2\n{BEFORE}\n"
    text = f"{front}US 9,876,543 B2\n1 2\n{AFTER}\nUS 7,654,321 B2\n3 4\n"
    assert drop_stamps(text) == (f"{front}{AFTER}\nUS 7,654,321 B2\n3 4\n", 2)
    korean = f"(11) 공개번호  10-2019-0012345\n{BEFORE}\n공개특허 10-2019-0012345\n12 5\n"
    assert drop_stamps(korean) == (f"(11) 공개번호  10-2019-0012345\n{BEFORE}\n12 5\n", 1)


@pytest.mark.parametrize(
    "line",
    ["AUTHENTICATED U.S. GOVERNMENT INFORMATION GPO", "Crown copyright ©", "© Crown copyright 2019", "종합법률정보"],
)
def test_more_forms_of_stamps_go(line: str) -> None:
    assert drop_stamps(f"{BEFORE}\n{line}\n{AFTER}\n") == (f"{BEFORE}\n{AFTER}\n", 1)
