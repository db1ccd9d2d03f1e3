"""What was made is shown: figures, drops by reason, outcomes; what is no longer so is not."""

from __future__ import annotations

from prometheus_client import REGISTRY

from codekiln.core.telemetry.results import show_result


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_drops_are_shown_by_reason_and_replaced_by_those_of_the_next_cleaning() -> None:
    show_result("cleaning", {"files_in": 10, "files_kept": 7, "dropped": {"generated": {"files": 3, "bytes": 90}}})
    assert value("codekiln_result_figure", kind="cleaning", figure="files_kept") == 7
    assert value("codekiln_cleaning_dropped_files", reason="generated") == 3
    assert value("codekiln_cleaning_dropped_bytes", reason="generated") == 90
    show_result("cleaning", {"dropped": {"vendored": {"files": 1, "bytes": 5}}})
    assert value("codekiln_cleaning_dropped_files", reason="generated") is None
    assert value("codekiln_cleaning_dropped_files", reason="vendored") == 1


def test_scores_and_outcomes_of_an_evaluation_are_shown() -> None:
    summary = {"problems": 164, "outcomes": {"passed": 4, "timeout": 1}, "pass_at": {"1": {"value": 0.25}}}
    show_result("evaluation", summary)
    assert value("codekiln_evaluation_pass_ratio", k="1") == 0.25
    assert value("codekiln_evaluation_outcomes", outcome="timeout") == 1
    assert value("codekiln_result_figure", kind="evaluation", figure="problems") == 164


def test_a_kind_or_a_summary_that_is_not_known_shows_nothing() -> None:
    show_result("toy", {"files": 3})
    show_result("trainer", {"loss_end": "low"})
    assert value("codekiln_result_figure", kind="toy", figure="files") is None
    assert value("codekiln_result_figure", kind="trainer", figure="loss_end") is None
