"""The way of files through the steps: together as one by one."""

from __future__ import annotations

from codekiln.cleaning.contamination.problems import Problems
from codekiln.cleaning.document import Document
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.pipeline import TOGETHER, TOGETHER_BYTES, Pipeline, build_steps, together
from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.artifacts import Ref
from tests.cleaning.material import FUNCTION, document


def pipeline() -> Pipeline:
    return Pipeline(build_steps(CleaningSpec(corpus=Ref("corpus", "0" * 32)), Needs(Problems(), bytes(32))))


def files() -> list[Document]:
    texts = [
        FUNCTION,
        "x = 1\n",
        "# Copyright 2020 A\n" + FUNCTION,
        "def f(:\n" + FUNCTION,
        FUNCTION + "# ada@lovelace.org\n",
    ]
    return [document(text, f"src/{place}.py") for place, text in enumerate(texts)]


def test_files_together_fare_as_each_alone() -> None:
    one, all_ = pipeline(), pipeline()
    alone = [one.run(subject) for subject in files()]
    runs = all_.run_all(files())
    assert [run.result for run in runs] == alone
    assert [run.found for run in runs] == files()
    assert all_.counts.to_json() == one.counts.to_json()
    assert all_.counts.seen.files == len(alone)


def test_documents_come_a_few_at_a_time_and_in_order() -> None:
    small = [document("x", f"{place}.py") for place in range(TOGETHER + 1)]
    large = [document("x" * TOGETHER_BYTES, "large.py"), document("y", "last.py")]
    assert [len(some) for some in together(small)] == [TOGETHER, 1]
    assert [len(some) for some in together(large)] == [1, 1]
    assert [d for some in together(small + large) for d in some] == small + large
    assert list(together([])) == []
