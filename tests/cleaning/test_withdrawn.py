"""Opt-outs: what cleaning leaves out, and what the store holds of withdrawn sources."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.withdrawn import find_withdrawn
from codekiln.cleaning.worker import identify, work
from codekiln.core.artifacts import Draft, Key, Manifest, Ref
from codekiln.core.jobs.worker import Context
from codekiln.core.names import set_name
from codekiln.core.store import ObjectStore
from tests.cleaning import material
from tests.cleaning.material import FUNCTION, row

CONTENT = FUNCTION.encode()


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return material.context(tmp_path)[0]


def derived(store: ObjectStore, kind: str, *inputs: Ref) -> Ref:
    """An artifact of a later stage, published as stages do."""
    draft = Draft(store, Key(kind, 1, {"of": [str(ref) for ref in inputs]}, inputs))
    draft.add_bytes("data", b"x")
    return draft.publish().ref


def corpus(context: Context) -> Manifest:
    rows = [
        row(FUNCTION, "a.py", repo_name="acme/widgets"),
        row(FUNCTION.replace("def ", "def first_"), "src/b.py", repo_name="acme/gadgets"),
        row(FUNCTION.replace("def ", "def other_") * 2, "lib/c.py", repo_name="acme/gadgets"),
    ]
    return material.corpus(context.store, [rows])


def clean(context: Context, source: Ref, *opt_outs: str) -> Manifest:
    spec = CleaningSpec(corpus=source, opt_outs=opt_outs, near_duplicate_threshold=1.0)
    return work(spec, identify(spec, context), context)


def test_withdrawn_files_are_dropped_and_the_dataset_is_another(context: Context) -> None:
    source = corpus(context).ref
    whole, without = clean(context, source), clean(context, source, "acme/widgets", "acme/gadgets:src/*")
    assert whole.ref != without.ref
    assert (whole.summary["files_kept"], without.summary["files_kept"]) == (3, 1)
    assert {h.ref: h.files for h in find_withdrawn(context.store, ["acme/widgets"])} == {source: 1, whole.ref: 1}


def test_all_that_was_made_from_withdrawn_files_is_told(context: Context) -> None:
    store, source = context.store, corpus(context).ref
    whole, without = clean(context, source).ref, clean(context, source, "acme/widgets").ref
    tokenizer = derived(store, "tokenizer", whole)
    tokens = derived(store, "tokens", whole, tokenizer)
    model = derived(store, "model", tokens)
    tuned = derived(store, "model", derived(store, "tokens", without), model)
    untouched = derived(store, "model", derived(store, "tokens", without))
    derived(store, "report", model)
    set_name(store, "prod", tuned)
    found = find_withdrawn(store, ["acme/widgets"])
    assert {holding.ref for holding in found} == {source, whole, tokenizer, tokens, model, tuned}
    assert untouched not in {holding.ref for holding in found}
    by_ref = {holding.ref: holding for holding in found}
    assert by_ref[tuned].through == (model,) and by_ref[tuned].names == ("prod",)
    assert [holding.ref for holding in found].index(model) < [holding.ref for holding in found].index(tuned)


def test_a_content_is_found_by_either_hash_in_datasets_too(context: Context) -> None:
    source = corpus(context)
    dataset = clean(context, source.ref).ref
    sha256 = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
    assert {h.ref: h.files for h in find_withdrawn(context.store, [sha256])} == {source.ref: 1, dataset: 1}
    blob = "blob:" + hashlib.sha1(b"blob %d\0" % len(CONTENT) + CONTENT).hexdigest()
    assert {h.ref: h.files for h in find_withdrawn(context.store, [blob])} == {source.ref: 1, dataset: 1}
    assert find_withdrawn(context.store, ["nobody/nothing", f"sha256:{'0' * 64}"]) == []


def test_the_command_line_has_it_as_text_and_json(context: Context) -> None:
    source = corpus(context).ref
    environment = {**os.environ, "CODEKILN_STORE": context.store.url, "CODEKILN_HOME": str(context.settings.home)}
    run = [sys.executable, "-m", "codekiln.cleaning.standalone", "optout"]

    def told(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*run, *arguments], capture_output=True, text=True, env=environment)

    answer = told("acme/gadgets", "--json")
    assert json.loads(answer.stdout) == {
        "artifact": str(source), "kind": "corpus", "files": 2, "through": [], "names": [],
    }  # fmt: skip
    assert f"{source}" in told("acme/gadgets").stdout
    nothing = told("nobody/nothing")
    assert (nothing.returncode, nothing.stdout) == (0, "") and "nothing here" in nothing.stderr
    assert told().returncode == told("--hash", "blob:12").returncode == 2


def test_entries_come_from_files_and_a_wrong_one_is_named_with_its_line(context: Context, tmp_path: Path) -> None:
    corpus(context)
    environment = {**os.environ, "CODEKILN_STORE": context.store.url, "CODEKILN_HOME": str(context.settings.home)}
    run = [sys.executable, "-m", "codekiln.cli.main", "optout", "--json"]
    listed = tmp_path / "withdrawn.txt"
    listed.write_text("\ufeff# by mail of May\nacme/widgets\r\n\n  acme/gadgets:/src/*  \n")

    def told(*arguments: str, piped: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run([*run, *arguments], capture_output=True, text=True, env=environment, input=piped)

    assert json.loads(told("--from", str(listed)).stdout)["files"] == 2
    assert json.loads(told("--from", "-", piped="acme/widgets\n").stdout)["files"] == 1
    listed.write_text("acme/widgets\nblob:12\n")
    wrong = told("--from", str(listed))
    assert wrong.returncode == 2 and f"{listed}:2: `blob:` needs 40" in wrong.stderr
    listed.write_text("# nobody\n")
    assert told("--from", str(listed)).returncode == 2
