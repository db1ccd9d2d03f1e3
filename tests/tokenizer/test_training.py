"""Training gives one vocabulary for one set of texts, and says so where the texts do not suffice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core.errors import FailedPrecondition
from codekiln.tokenizer import training
from codekiln.tokenizer.training import train

from .material import Trained, standard_library

SERVICES = Path(training.__file__).parents[2]


def test_all_bytes_are_in_the_vocabulary_and_no_token_twice(trained: Trained) -> None:
    tokens = trained.vocabulary.tokens
    assert {bytes([byte]) for byte in range(256)} <= set(tokens)
    assert len(set(tokens)) == len(tokens) == 2000 - 7


def test_no_token_crosses_a_cut(trained: Trained) -> None:
    for token in trained.vocabulary.tokens[256:]:
        text = token.decode("utf-8", "ignore")
        letters = [position for position, character in enumerate(text) if character.isalpha()]
        assert not letters or "\n" not in text[letters[0] :]


def test_more_entries_than_the_text_gives_is_refused_with_the_number_it_gives() -> None:
    with pytest.raises(FailedPrecondition, match=r"gives \d+ entries .* not the 5000 .*set `vocab_size`") as caught:
        train(["def f():\n    return f\n"] * 3, 5000)
    assert caught.value.reason == "VOCAB_TOO_LARGE"
    _, vocabulary = train(["def f():\n    return f\n"] * 3, int(caught.value.metadata["entries"]))
    assert vocabulary.size == int(caught.value.metadata["entries"])


def test_the_order_of_texts_does_not_matter(trained: Trained) -> None:
    backwards = [document.text for document in reversed(standard_library(1_000_000))]
    assert train(backwards, 2000)[0].to_str() == trained.tokenizer.to_str()


@pytest.mark.parametrize("environment", [{"TOKENIZERS_PARALLELISM": "false"}, {"RAYON_NUM_THREADS": "3"}])
def test_the_number_of_threads_does_not_matter(trained: Trained, environment: dict[str, str]) -> None:
    program = (
        "import sys; from codekiln.tokenizer.training import train;"
        "from tests.tokenizer.material import standard_library;"
        "sys.stdout.buffer.write(train((d.text for d in standard_library(1_000_000)), 2000)[0].to_str().encode())"
    )
    path = os.pathsep.join([str(SERVICES), str(SERVICES.parent)])
    result = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **environment, "PYTHONPATH": path}, capture_output=True,
        check=True,
    )  # fmt: skip
    assert result.stdout.decode() == trained.tokenizer.to_str()


@given(st.text(st.sampled_from("a\n "), max_size=60), st.integers(1, 9), st.integers(1, 9))
def test_long_texts_are_cut_after_line_breaks_and_nothing_is_lost(text: str, size: int, longest: int) -> None:
    pieces = list(training.chunks(text, size, longest))
    assert "".join(pieces) == text
    assert all(len(piece) <= max(size, longest) for piece in pieces)
    assert all(piece.endswith("\n") or "\n" not in piece for piece in pieces[:-1])


@pytest.mark.parametrize("run", ["x", "\n", " ", "=", "\r\n"])
def test_runs_of_megabytes_do_not_hang_the_trainer(run: str) -> None:
    """Uncut, the merges inside one such piece take minutes."""
    _, vocabulary = train([run * 3_000_000, "def f(): return f\n" * 10], 264)
    assert vocabulary.size == 264
