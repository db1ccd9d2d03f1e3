"""Recipes: what is not understood is named with its line, and nothing but an error of ours ever comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.cli.recipe import Recipe, load_recipe
from codekiln.client.kinds import KINDS
from codekiln.core.errors import CodekilnError, InvalidArgument, NotFound

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.yaml"))


def load(tmp_path: Path, text: str | bytes, name: str = "recipe.yaml") -> Recipe:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_recipe(path)


def refusal(tmp_path: Path, text: str | bytes, name: str = "recipe.yaml") -> str:
    """What is said of a bad recipe, after its file."""
    with pytest.raises(InvalidArgument) as caught:
        load(tmp_path, text, name)
    assert caught.value.message.startswith(str(tmp_path / name))
    return caught.value.message.removeprefix(str(tmp_path / name))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_the_recipes_that_we_ship_are_understood(path: Path) -> None:
    recipe = load_recipe(path)
    assert recipe.name == path.stem and recipe.stages


def test_a_recipe_becomes_specifications_in_the_order_of_work(tmp_path: Path) -> None:
    recipe = load(
        tmp_path,
        """
name: mine
trainer: {steps: 5, shape: {layers: 2}, learning_rate: 1e-3}
tokens:
tokenizer: {vocab_size: 8_192}
cleaning: {licenses: [MIT]}
benchmark: {name: humaneval}
ingestion: {sources: [{installed_packages: }, {folder: {path: src}}]}
""",
    )
    assert [stage.kind for stage in recipe.stages] == [
        "benchmark", "ingestion", "cleaning", "tokenizer", "tokens", "trainer",
    ]  # fmt: skip
    specs = {stage.kind: stage.spec for stage in recipe.stages}
    assert specs["trainer"].steps == 5 and specs["trainer"].shape.layers == 2
    assert not specs["trainer"].HasField("batch_size"), "what is left out is left to the service"
    assert specs["ingestion"].sources[0].HasField("installed_packages"), "an empty field is set"
    assert specs["tokenizer"].vocab_size == 8192 and list(specs["cleaning"].licenses) == ["MIT"]
    inputs = {stage.kind: stage.inputs for stage in recipe.stages}
    assert inputs["cleaning"] == {"corpus": "ingestion", "benchmarks": "benchmark"}
    assert inputs["tokens"] == {"dataset": "cleaning", "tokenizer": "tokenizer"}


def test_without_a_name_it_is_the_files(tmp_path: Path) -> None:
    assert load(tmp_path, "benchmark: {name: humaneval}", "own.yaml").name == "own"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("benchmark:\n  name: x\n\ntokeniser: {}\n", ":4: `tokeniser` is not known: did you mean `tokenizer`?"),
        ("benchmark:\n  nmae: x\n", ":2: `benchmark.nmae` is not known: did you mean `name`?"),
        (
            "ingestion:\n  sources:\n    - folder:\n        path: x\n        licence: MIT\n",
            ":5: `ingestion.sources[0].folder.licence` is not known: did you mean `license`?",
        ),
        ("benchmark: {name: x}\n5: x\n", ":2: `5` is not known: known are name, benchmark"),
        ("benchmark: {on: x}\n", ":1: `benchmark.True` is not known: known are name, path, sha256"),
        ("ingestion: {sources: [], max_bytes: many}", ":1: `ingestion.max_bytes` must be a whole number, got `many`"),
        ("ingestion:\n  max_bytes: 1.5\n", ":2: `ingestion.max_bytes` must be a whole number, got `1.5`"),
        ("ingestion:\n  max_bytes: true\n", ":2: `ingestion.max_bytes` must be a whole number, got `True`"),
        ("ingestion:\n  languages: Python\n", ":2: `ingestion.languages` must be a list, got `Python`"),
        ("ingestion:\n  languages: [3]\n", ":2: `ingestion.languages[0]` must be text, in quotes where"),
        ("ingestion:\n  sources: [folder]\n", ":2: `ingestion.sources[0]` must be a mapping, got `folder`"),
        ("ingestion:\n  sources:\n  - git: {revision: 2024-01-02}\n", ":3: `ingestion.sources[0].git.revision` must"),
        ("benchmark: humaneval\n", ":1: `benchmark` must be a mapping, got `humaneval`"),
        ("benchmark: []\n", ":1: `benchmark` must be a mapping, got `[]`"),
        ("benchmark: 0\n", ":1: `benchmark` must be a mapping, got `0`"),
        (f"benchmark: {'x' * 500}\n", f":1: `benchmark` must be a mapping, got `{'x' * 60}...`"),
        ("tokenizer: {}\n", ":1: `tokenizer` needs the stage `cleaning`, which the recipe does not have: add it"),
        ("name: a b\nbenchmark: {}\n", ":1: `name` must be letters, digits, `.`, `_` and `-`, got `a b`"),
        ("name: {}\nbenchmark: {}\n", ":1: `name` must be letters"),
        ("benchmark: {}\n\nbenchmark: {}\n", ":3: `benchmark` is there twice, first on line 1"),
        ("benchmark: {name: a,\n  name: b}\n", ":2: `name` is there twice, first on line 1"),
        ("name: x\n", ": no stage in it: see recipes/demo.yaml"),
        ("", ": a recipe is a mapping of stages: see recipes/demo.yaml"),
        ("# nothing\n", ": a recipe is a mapping of stages: see recipes/demo.yaml"),
        ("- benchmark\n", ": a recipe is a mapping of stages: see recipes/demo.yaml"),
        ("benchmark: {\n", ":2: not YAML: "),
        ("benchmark: x: y\n", ":1: not YAML: mapping values are not allowed here"),
        ("a: 1\n---\nb: 2\n", ":2: not YAML: but found another document"),
        ("benchmark: *nowhere\n", ":1: not YAML: found undefined alias 'nowhere'"),
        ("benchmark: !!python/object:os.system {}\n", ":1: not YAML: could not determine a constructor"),
        ("? [a, b]\n: c\n", ":1: a key must be a word"),
        ("benchmark: {name: 2024-13-45}\n", ": not YAML: month must be in 1..12"),
        ("benchmark: " + "[" * 5000, ": not YAML: "),
        ("benchmark: {name: \x07}\n", ":1: not YAML: special characters are not allowed"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    assert refusal(tmp_path, text).startswith(said)


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"name: x\nbenchmark:\n  name: caf\xe9\n") == ":3: not UTF-8 text: save it as UTF-8"
    assert load(tmp_path, b"\xef\xbb\xbfbenchmark: {name: x}").name == "recipe", "a byte-order mark is no harm"


def test_a_name_that_a_file_cannot_give_is_asked_for(tmp_path: Path) -> None:
    assert refusal(tmp_path, "benchmark: {}", "my recipe.yaml").startswith(": `name` must be letters")


@pytest.mark.parametrize(
    ("name", "said"), [("none.yaml", "No such file"), ("", "Is a directory"), ("a\0b", "null byte")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(NotFound) as caught:
        load_recipe(tmp_path / name)
    assert caught.value.reason == "RECIPE_NOT_FOUND"
    assert caught.value.message.startswith(f"cannot read the recipe {tmp_path / name}") and said in caught.value.message


WORDS = st.sampled_from(["name", *KINDS, *(f.name for kind in KINDS.values() for f in kind.spec.DESCRIPTOR.fields)])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(WORDS, VALUES, max_size=6))
def test_any_data_is_a_recipe_or_an_error_of_ours(tmp_path_factory: pytest.TempPathFactory, data: object) -> None:
    try:
        recipe = load(tmp_path_factory.getbasetemp(), yaml.safe_dump(data))
    except CodekilnError as error:
        assert len(error.message) < 1000
    else:
        assert recipe.stages


@given(st.text() | st.binary())
def test_any_text_is_a_recipe_or_an_error_of_ours(tmp_path_factory: pytest.TempPathFactory, text: str | bytes) -> None:
    try:
        recipe = load(tmp_path_factory.getbasetemp(), text if isinstance(text, bytes) else text.encode())
    except CodekilnError as error:
        assert error.message and error.reason.isupper()
    else:
        assert recipe.stages


def test_a_map_takes_the_callers_words_as_keys_and_its_values_are_checked(tmp_path: Path) -> None:
    source = "name: x\ningestion:\n  sources: [{folder: {path: .}, weight: 0.5}]\n  max_language_bytes:\n"
    (stage,) = load(tmp_path, source + "    JSON: 8_000\n    C++: 5\n").stages
    assert dict(stage.spec.max_language_bytes) == {"JSON": 8000, "C++": 5}
    assert stage.spec.sources[0].weight == 0.5
    assert "max_language_bytes.C++` must be a whole number" in refusal(
        tmp_path, source + "    JSON: 8\n    C++: much\n"
    )
    assert "max_language_bytes` must be a mapping" in refusal(tmp_path, source + "    [JSON, C]\n")
