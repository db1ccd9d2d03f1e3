"""Notebooks: scripts of their cells in order, in the kernel's language; outputs gone; hostile ones dropped by name."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.cleaning import judge
from codekiln.cleaning.contamination.problems import Problems
from codekiln.cleaning.document import Document, Drop
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.pipeline import Dropped, Pipeline, build_steps
from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.steps.notebook import LANGUAGE, NotebookStep
from codekiln.core.artifacts import Ref
from tests.cleaning.material import FUNCTION, document


def code(source: str | list[str], **more: Any) -> dict[str, Any]:
    outputs = [{"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo=" * 50}}]
    return {"cell_type": "code", "execution_count": 3, "metadata": {}, "outputs": outputs, "source": source, **more}


def text(source: str, kind: str = "markdown") -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source}


def notebook(*cells: dict[str, Any], **metadata: Any) -> Document:
    data = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return document(json.dumps(data), "lab/first.ipynb", LANGUAGE)


def script(subject: Document) -> str:
    result = NotebookStep().apply(subject)
    assert isinstance(result, Document), result
    return result.text


def detail(subject: Document) -> str:
    result = NotebookStep().apply(subject)
    assert isinstance(result, Drop) and result.reason == "notebook"
    return result.detail


def test_cells_in_order_with_marks_and_without_outputs() -> None:
    cells = (
        text("# Title\n\nWhy."),
        code(["import os\n", "os.getcwd()"]),
        code("  \n"),
        text("x", "raw"),
        code("f(1)\n"),
    )
    subject = notebook(*cells, kernelspec={"language": "python", "name": "python3"})
    expected = (
        "# %% [markdown]\n# # Title\n#\n# Why.\n\n# %%\nimport os\nos.getcwd()\n\n# %% [raw]\n# x\n\n# %%\nf(1)\n"
    )
    result = NotebookStep().apply(subject)
    assert isinstance(result, Document)
    assert (result.text, result.language, result.path) == (expected, "Python", "lab/first.ipynb")
    assert [(t.group, t.name) for t in result.tallies] == [("notebook", "Python")]
    assert "iVBOR" not in result.text
    assert NotebookStep().apply(result) is result


@pytest.mark.parametrize(
    ("metadata", "language", "mark"),
    [
        ({}, "Python", "#"),
        ({"language_info": {"name": "python", "version": "2.7"}}, "Python", "#"),
        ({"kernelspec": {"name": "python3"}}, "Python", "#"),
        ({"kernelspec": {"name": "ir", "language": "R"}}, "R", "#"),
        ({"kernelspec": {"name": "julia-1.9", "language": "julia"}}, "Julia", "#"),
        ({"kernelspec": {"name": "julia-1.9"}}, "Julia", "#"),
        ({"kernelspec": {"name": "xcpp17", "language": "C++17"}}, "C++", "//"),
        ({"kernelspec": {"name": ".net-csharp", "language": "C#"}}, "C#", "//"),
        ({"kernelspec": {"name": "rust", "language": "rust"}}, "Rust", "//"),
        ({"kernelspec": {"name": "bash", "language": "bash"}}, "Shell", "#"),
        ({"language_info": {"name": "sql"}}, "SQL", "--"),
    ],
)
def test_the_kernel_says_the_language(metadata: dict[str, Any], language: str, mark: str) -> None:
    result = NotebookStep().apply(notebook(text("Why."), code("call(x)"), **metadata))
    assert isinstance(result, Document) and result.language == language
    assert result.text == f"{mark} %% [markdown]\n{mark} Why.\n\n{mark} %%\ncall(x)\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%matplotlib inline\nimport x", "# %matplotlib inline\nimport x"),
        ("!pip install x\nf()", "# !pip install x\nf()"),
        ("files = !ls\nf(2)", "# files = !ls\nf(2)"),
        ("if x:\n    !ls\nf()", "if x:\n    pass  # !ls\nf()"),
        ("%%time\nf()", "# %%time\nf()"),
        ("%%bash\nls | wc\necho", "# %%bash\n# ls | wc\n# echo"),
        ("?len\nlen?\nf()", "# ?len\n# len?\nf()"),
        ("x = (a\n     %b)", "x = (a\n     %b)"),
        ("s = '''\n!no\n%no\n'''", "s = '''\n!no\n%no\n'''"),
        ("x = a % b", "x = a % b"),
    ],
)
def test_what_only_ipython_reads_becomes_a_comment(source: str, expected: str) -> None:
    result = script(notebook(code(source)))
    assert result == f"# %%\n{expected}\n"
    ast.parse(result)


def test_pictures_inside_texts_go() -> None:
    picture = "data:image/png;base64," + "iVBORw0K" * 200
    result = script(notebook(text(f'<img src="{picture}"/> as seen'), code(f"show({picture!r})")))
    assert '# <img src="data:image/png;base64,..."/> as seen\n' in result
    assert f"show({picture!r})" in result


@pytest.mark.parametrize("version", [2, 3])
def test_older_formats(version: int) -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Part"]},
        {
            "cell_type": "code",
            "input": ["print(1)\n", "print(2)"],
            "language": "python",
            "outputs": [],
            "collapsed": False,
        },
    ]
    data = {"nbformat": version, "metadata": {"name": "old"}, "worksheets": [{"cells": cells}]}
    subject = document(json.dumps(data), "old.ipynb", LANGUAGE)
    assert script(subject) == "# %% [markdown]\n# ## Part\n\n# %%\nprint(1)\nprint(2)\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{", "not JSON"),
        ("", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "not an object"),
        ("{}", "no cells"),
        ('{"cells": {}}', "no list of cells"),
        ('{"worksheets": [3]}', "no list of cells"),
        ('{"cells": [3]}', "a cell that is none"),
        ('{"cells": [{"cell_type": "code", "source": {"a": 1}}]}', "a cell whose source is no text"),
        ('{"cells": [{"cell_type": "code", "source": [1]}]}', "a cell whose source is no text"),
        ('{"cells": [{"cell_type": "markdown", "source": "a"}]}', "no cell of code"),
        ('{"cells": [{"cell_type": "code", "source": " "}]}', "no cell of code"),
        ('{"cells": [{"cell_type": "code", "source": "a\\u0000b"}]}', "a NUL character"),
        ('{"cells": [], "metadata": {"kernelspec": {"name": "brainfuck"}}}', "a kernel of brainfuck"),
    ],
)
def test_what_cannot_be_read_is_dropped_and_says_why(data: str, said: str) -> None:
    assert detail(document(data, "a.ipynb", LANGUAGE)).startswith(said)


def test_lone_surrogates_do_not_hurt() -> None:
    subject = document('{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}', "a.ipynb", LANGUAGE)
    assert script(subject) == "# %%\nx = '?'\n"


def test_the_other_steps_see_the_script() -> None:
    pipeline = Pipeline(build_steps(CleaningSpec(corpus=Ref("corpus", "0" * 32)), Needs(Problems(), bytes(32))))
    kept = pipeline.run(notebook(code(FUNCTION + "# ada@lovelace.org\n")))
    assert isinstance(kept, Document) and kept.language == "Python" and "lovelace" not in kept.text
    broken = pipeline.run(notebook(code("def f(:\n" + FUNCTION)))
    assert isinstance(broken, Dropped) and broken.step == "parse"
    assert judge("lab/first.ipynb", notebook(code(FUNCTION)).data).keep
    assert judge("lab/first.ipynb", b"{").step == "notebook"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["code", "markdown", "x = 1", "%a", "python"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "worksheets", "cell_type", "source", "input", "metadata", "kernelspec", "name", "level"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_json_is_a_script_or_a_drop(value: Any) -> None:
    result = NotebookStep().apply(document(json.dumps(value), "a.ipynb", LANGUAGE))
    assert isinstance(result, (Document, Drop))
