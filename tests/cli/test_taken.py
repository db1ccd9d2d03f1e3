from __future__ import annotations

from codekiln.cli.plain import as_data
from codekiln.cli.taken import told
from codekiln.v1 import artifact_pb2

SUMMARY = {
    "files": 1200,
    "repositories": 1,
    "share": 0.5,
    "skipped": {"symlink": 2, "too_large": 7},
    "sources": {"1": {"missing_columns": {"date": 3, "stars": 1}}},
}


def test_what_was_left_out_and_what_columns_are_missing_is_told() -> None:
    assert list(told(SUMMARY)) == [
        "1,200 files of 1 repository",
        "left out: too_large 7, symlink 2",
        "source 2 has no columns for (in so many of its files): dates (3), stars (1)",
    ]
    assert list(told({"files": 1, "repositories": 2, "skipped": {}})) == ["1 file of 2 repositories"]


def test_whole_numbers_of_a_summary_stay_whole() -> None:
    message = artifact_pb2.Artifact()
    message.summary.update(SUMMARY)
    assert str(as_data(message)["summary"]["files"]) == "1200"
    assert as_data(message.summary) == SUMMARY
