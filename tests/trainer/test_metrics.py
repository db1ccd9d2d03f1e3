from __future__ import annotations

from pathlib import Path

from codekiln.trainer import metrics


def test_a_line_that_is_being_written_waits_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    follower = metrics.Follower(path)
    assert follower.rows() == []
    path.write_text('{"step": 1}\n{"st')
    assert follower.rows() == [{"step": 1}]
    assert follower.rows() == []
    with path.open("a") as file:
        file.write('ep": 2}\n')
    assert follower.rows() == [{"step": 2}]


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    rows = [{"step": 0.0, "bits_per_byte": 4.25}, {"step": 1.0, "loss": 0.1 + 0.2}]
    metrics.write(tmp_path / "metrics.jsonl", rows)
    metrics.append(tmp_path / "metrics.jsonl", {"step": 2.0})
    assert metrics.read(tmp_path / "metrics.jsonl") == [*rows, {"step": 2.0}]


def test_the_summary_counts_all_steps_whichever_attempt_did_them() -> None:
    rows = [
        {"step": 0, "tokens": 0, "validation_loss": 6.0, "bits_per_byte": 4.0},
        {"step": 1, "tokens": 50, "seconds": 1.5, "loss": 6.1},
        {"step": 2, "tokens": 100, "seconds": 0.5, "loss": 5.0, "validation_loss": 5.5, "bits_per_byte": 3.0},
    ]
    summary = metrics.summary(rows, parameters=7, fim_rate=0.5)
    assert summary["steps"] == 2 and summary["tokens_seen"] == 100 and summary["seconds"] == 2.0
    assert summary["tokens_per_second"] == 50.0
    assert (summary["loss_start"], summary["loss_end"]) == (6.0, 5.5)
    assert (summary["bits_per_byte_start"], summary["bits_per_byte_end"]) == (4.0, 3.0)
