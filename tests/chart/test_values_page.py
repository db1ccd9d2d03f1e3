"""The chart's README has every value, with its default and its text as values.yaml has them today."""

from __future__ import annotations

import pytest
import yaml

from tools.values_page import BEGIN, END, README, VALUES, documented, page

SAMPLE = """
# About the file, not about a value.
defaults:
  # -- Requests and limits.
  resources: {}
image:
  # -- Host, and
  # a path.
  registry: ""
  # -- One of A | B.
  pull: A
trainer:
  # -- Off or
  # on.
  enabled: true
  resources:
    requests: {cpu: 1}
# -- A map that is
#
# a value as a whole.
labels: {a: b}
"""


def test_the_table_is_fresh() -> None:
    assert README.read_text() == page(README.read_text(), VALUES.read_text()), "run `make values`"


def test_every_top_level_key_has_a_row() -> None:
    rows = {value.path.split(".")[0] for value in documented(VALUES.read_text())}
    assert rows == set(yaml.safe_load(VALUES.read_text()))


def test_a_row_has_path_type_default_and_text() -> None:
    assert [value.row for value in documented(SAMPLE)] == [
        "| `defaults.resources` | map | `{}` | Requests and limits. |",
        "| `image.registry` | string |  | Host, and a path. |",
        '| `image.pull` | string | `"A"` | One of A \\| B. |',
        "| `trainer.enabled` | bool | `true` | Off or on. |",
        '| `trainer.resources` | map | `{"requests": {"cpu": 1}}` | Requests and limits. |',
        '| `labels` | map | `{"a": "b"}` | A map that is  a value as a whole. |',
    ]


def test_values_without_a_text_are_named() -> None:
    with pytest.raises(ValueError, match=r"above image\.registry, image\.tag$"):
        documented("image:\n  registry: a\n  # no mark\n  tag: b\n  # -- Fine.\n  pull: c\n")


def test_a_text_of_the_line_above_is_not_taken_for_the_next_value() -> None:
    with pytest.raises(ValueError, match=r"above b$"):
        documented("# -- First.\na: 1\nb: 2\n")


def test_only_what_is_between_the_marks_is_written() -> None:
    written = page(f"before\n{BEGIN}\nstale\n{END}\nafter\n", "# -- First.\na: 1\n")
    assert written.startswith("before\n") and written.endswith("\nafter\n")
    assert "stale" not in written and "| `a` | int | `1` | First. |" in written
    assert page(written, "# -- First.\na: 1\n") == written


def test_a_readme_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the lines"):
        page("nothing", "# -- First.\na: 1\n")
