"""Benches measure what they say they do, and end with the fields that others read."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.cleaning import costs, single
from bench.cleaning.corpus import installed_documents, installed_files, make_corpus
from bench.dedup.__main__ import measure
from bench.dedup.sample import planted
from bench.peers import Missing
from codekiln.cleaning.document import Document
from codekiln.cleaning.pipeline import STEPS
from codekiln.core.artifacts import read_part
from codekiln.core.language import LANGUAGES
from codekiln.core.settings import Settings
from codekiln.core.store import open_store


def test_the_files_of_a_corpus_have_languages_that_steps_know(tmp_path: Path) -> None:
    store = open_store(Settings(service="bench", home=tmp_path).store_url, None)
    manifest = make_corpus(store, 1e6)
    tables = [pq.read_table(io.BytesIO(read_part(store, part))) for part in manifest.parts_under("shard-")]
    languages = {language for table in tables for language in table["language"].to_pylist()}
    assert languages == {document.language for document in installed_documents(1e6)}
    assert "Python" in languages and len(languages) > 3 and languages <= set(LANGUAGES)


def test_corpora_of_all_sizes_have_the_same_mix(tmp_path: Path) -> None:
    shares = []
    for size in (1e6, 4e6):
        store = open_store(Settings(service="bench", home=tmp_path / str(size)).store_url, None)
        parts = make_corpus(store, size, 4e6).parts_under("shard-")
        table = pa.concat_tables(pq.read_table(io.BytesIO(read_part(store, part))) for part in parts)
        python = pc.sum(table.filter(pc.equal(table["language"], "Python"))["length_bytes"]).as_py()
        total = pc.sum(table["length_bytes"]).as_py()
        assert abs(total / size - 1) < 0.3
        shares.append(python / total)
    assert abs(shares[0] - shares[1]) < 0.05


def test_every_step_has_its_cost() -> None:
    assert len(costs.by_step(installed_documents(1e5))) == len(STEPS) + 1


def test_cleaning_says_how_fast_with_and_without_parsers() -> None:
    def absent(documents: list[Document]) -> float:
        raise Missing("no network")

    found = single.measure(installed_files(1e5), 1, absent)
    assert found["mb_per_cpu_s"] > 0 and found["mb_per_cpu_s_with_parse"] > 0 and found["kept"] > 0
    assert found["missing"] == "no network" and "times_datatrove" not in found
    found = single.measure(installed_files(1e5), 2, lambda documents: 0.5)
    assert found["times_datatrove"] == found["mb_per_cpu_s"] / 0.5


def test_dedup_says_what_it_finds_and_how_fast() -> None:
    documents, copies = planted([document.data for document in installed_documents(4e5)], 20)
    found = measure(documents, copies, with_peers=False)
    assert found["recall"] == found["precision"] == 1 and found["docs_per_cpu_s"] > 0 and found["pairs"] > 9
    assert found["families"]["recall"] > 0.5 and 0 < found["fates"]["least_similarity"] <= 1


def test_pii_says_of_every_kind_how_well() -> None:
    command = [sys.executable, "-m", "bench.pii", "--json", "--each", "1", "--peer-each", "0", "--no-packages"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found["f1"]) > 40 and found["f1"].keys() == found["precision"].keys() == found["recall"].keys()
    assert found["f1_min"] == min(found["f1"].values()) and found["mb_per_cpu_s"] > 0 and found["languages"] >= 10
