from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codekiln.core.errors import CodekilnError, FailedPrecondition, NotFound, Unavailable
from codekiln.ingestion.sources.git import GitSource, repository_name
from codekiln.ingestion.sources.git_command import is_remote
from codekiln.ingestion.sources.git_remote import shown_url
from codekiln.ingestion.sources.source import Cursor, Share, Skipped, SourceFile
from codekiln.ingestion.spec import GitRepository

from .material import ALL, MIT, commit, git, repository

FILES: dict[str, bytes | str] = {
    "LICENSE": MIT,
    "src/a.py": b"x = '\xff'\r\n",
    "src/b.rs": "fn main() {}\n",
    "d.bin": b"\0",
}


def open_git(url: Path | str, scratch: Path, revision: str = "", license: str = "") -> GitSource:
    return GitSource(GitRepository(str(url), revision, license), scratch)


def items(source: GitSource, start: int = 0) -> list[SourceFile | Skipped]:
    return list(source.files(ALL, Share(None), Cursor(start)))


def files(source: GitSource) -> dict[str, SourceFile]:
    return {item.path: item for item in items(source) if isinstance(item, SourceFile)}


def test_a_work_tree_gives_its_commit_and_not_what_lies_on_the_disk(tmp_path: Path) -> None:
    name = repository(tmp_path / "thing", FILES)
    (tmp_path / "thing" / "untracked.py").write_text("x\n")
    (tmp_path / "thing" / "src" / "a.py").write_text("changed\n")
    found = files(open_git(tmp_path / "thing", tmp_path / "scratch"))
    assert list(found) == ["LICENSE", "src/a.py", "src/b.rs"]
    assert found["src/a.py"].content == b"x = '\xff'\r\n"
    assert {(f.repository, f.revision, f.licenses.ids) for f in found.values()} == {("thing", name, ("MIT",))}


@pytest.mark.parametrize("as_url", [False, True])
def test_a_bare_repository_and_a_url_give_the_same(tmp_path: Path, as_url: bool) -> None:
    name = repository(tmp_path / "thing", FILES)
    git(tmp_path, "clone", "--quiet", "--bare", "thing", "thing.git")
    url = (tmp_path / "thing.git").as_uri() if as_url else str(tmp_path / "thing.git")
    source = open_git(url, tmp_path / "scratch")
    assert source.revision == name
    assert {p: f.content for p, f in files(source).items()} == {
        p: f.content for p, f in files(open_git(tmp_path / "thing", tmp_path / "scratch")).items()
    }


def test_branches_tags_and_commits_are_revisions_here_and_by_url(tmp_path: Path) -> None:
    first = repository(tmp_path / "thing", FILES)
    git(tmp_path / "thing", "tag", "--annotate", "--message=v1", "v1")
    git(tmp_path / "thing", "branch", "old")
    second = commit(tmp_path / "thing", {"c.py": "y = 1\n"})
    for url in (str(tmp_path / "thing"), (tmp_path / "thing").as_uri()):
        for revision, expected in (("v1", first), ("old", first), (first, first), ("", second), ("main", second)):
            source = open_git(url, tmp_path / "scratch", revision)
            assert source.revision == expected
            assert ("c.py" in files(source)) == (expected == second)


def test_the_fingerprint_is_the_commit(tmp_path: Path) -> None:
    repository(tmp_path / "thing", FILES)
    before = open_git(tmp_path / "thing", tmp_path).fingerprint(ALL)
    (tmp_path / "thing" / "src" / "a.py").write_text("changed, not committed\n")
    assert open_git(tmp_path / "thing", tmp_path).fingerprint(ALL) == before
    commit(tmp_path / "thing", {})
    assert open_git(tmp_path / "thing", tmp_path).fingerprint(ALL) != before


def test_links_submodules_and_pointers_are_counted_not_followed(tmp_path: Path) -> None:
    repository(tmp_path / "inner", {"secret.py": "x\n"})
    folder = tmp_path / "thing"
    repository(folder, {"a.py": "x\n", "big.py": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"})
    os.symlink("/etc/hostname", folder / "link.py")
    git(folder, "submodule", "add", "--quiet", str(tmp_path / "inner"), "inner")
    commit(folder, {})
    found = items(open_git(folder, tmp_path / "scratch"))
    assert [i.path for i in found if isinstance(i, SourceFile)] == [".gitmodules", "a.py"]
    reasons = Counter(i.reason for i in found if isinstance(i, Skipped))
    assert reasons == {"symlink": 1, "submodule": 1, "lfs_pointer": 1}


def test_nothing_that_a_repository_configures_is_run(tmp_path: Path) -> None:
    folder, witness = tmp_path / "thing", tmp_path / "witness"
    repository(folder, FILES)
    evil = tmp_path / "evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch {witness}\n")
    evil.chmod(0o755)
    for hook in ("post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change"):
        (folder / ".git" / "hooks" / hook).write_text(evil.read_text())
        (folder / ".git" / "hooks" / hook).chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "diff.external",
        "credential.helper",
        "core.editor",
    ):
        git(folder, "config", name, str(evil))
    git(folder, "config", "remote.origin.url", f"ext::{evil}")
    git(folder, "config", "remote.origin.promisor", "true")
    assert len(files(open_git(folder, tmp_path / "scratch"))) == 3
    # A missing object must not be fetched from a "promisor" that starts a program.
    blob = git(folder, "rev-parse", "HEAD:src/a.py")
    (folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert Skipped("missing") in items(open_git(folder, tmp_path / "scratch"))
    with pytest.raises(NotFound):
        open_git(f"ext::{evil}", tmp_path / "scratch")
    with pytest.raises(CodekilnError):
        open_git("ext://x", tmp_path / "scratch")
    assert not witness.exists()


@pytest.mark.parametrize("as_url", [False, True])
def test_no_setting_of_a_repository_runs_anything_wherever_it_is_written(tmp_path: Path, as_url: bool) -> None:
    folder, witness, evil = tmp_path / "thing", tmp_path / "witness", tmp_path / "evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch {witness}\n")
    evil.chmod(0o755)
    repository(folder, {**FILES, ".gitattributes": "* filter=evil diff=evil merge=evil\n"})
    programs = {
        "core": ("fsmonitor", "sshCommand", "pager", "editor", "askPass", "gitProxy", "alternateRefsCommand"),
        'filter "evil"': ("smudge", "clean", "process"),
        'diff "evil"': ("textconv", "command"),
        'merge "evil"': ("driver",),
        "alias": ("ls-tree", "cat-file", "rev-parse"),
        "uploadpack": ("packObjectsHook",),
        "gpg": ("program",),
        "credential": ("helper",),
        'remote "origin"': ("uploadpack", "vcs"),
    }
    text = "".join(
        f"[{section}]\n" + "".join(f"\t{name} = {evil}\n" for name in names) for section, names in programs.items()
    )
    (tmp_path / "included").write_text(text)
    git(folder, "config", "include.path", str(tmp_path / "included"))
    git(folder, "config", "core.attributesFile", str(folder / ".gitattributes"))
    git(folder, "config", "core.hooksPath", str(tmp_path))
    url = folder.as_uri() if as_url else str(folder)
    assert files(open_git(url, tmp_path / "scratch"))["src/a.py"].content == b"x = '\xff'\r\n"
    assert not witness.exists()


@pytest.mark.parametrize("as_url", [False, True])
@pytest.mark.parametrize("how", ["file", "commondir", "alternates", "link", "objects", "packs"])
def test_a_repository_that_points_to_another_gives_none_of_its_files(tmp_path: Path, how: str, as_url: bool) -> None:
    secret = repository(tmp_path / "secret", {"secret.py": "x\n"})
    evil = tmp_path / "evil"
    repository(evil, {"a.py": "x\n"})
    at = evil / ".git"
    if how == "file":
        shutil.rmtree(at)
        at.write_text(f"gitdir: {tmp_path}/secret/.git\n")
    elif how == "commondir":
        (at / "commondir").write_text("../../secret/.git\n")
    elif how == "alternates":
        (at / "objects" / "info" / "alternates").write_text("../../../secret/.git/objects\n")
    elif how == "link":
        shutil.rmtree(at)
        at.symlink_to(tmp_path / "secret" / ".git")
    elif how == "objects":
        shutil.rmtree(at / "objects")
        (at / "objects").symlink_to(tmp_path / "secret" / ".git" / "objects")
    else:
        git(tmp_path / "secret", "repack", "-a", "-d", "--quiet")
        for pack in (tmp_path / "secret" / ".git" / "objects" / "pack").iterdir():
            (at / "objects" / "pack" / pack.name).symlink_to(pack)
    with pytest.raises(FailedPrecondition, match="would read another repository") as caught:
        files(open_git(evil.as_uri() if as_url else evil, tmp_path / "scratch", secret if how != "file" else ""))
    assert caught.value.reason == "GIT_POINTS_ELSEWHERE"


def test_linked_work_trees_and_submodules_are_read_where_their_repository_knows_them(tmp_path: Path) -> None:
    repository(tmp_path / "inner", {"inner.py": "x\n"})
    repository(tmp_path / "main", {"a.py": "x\n"})
    git(tmp_path / "main", "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    commit(tmp_path / "side", {"b.py": "y\n"})
    git(tmp_path / "main", "submodule", "add", "--quiet", str(tmp_path / "inner"), "sub")
    assert set(files(open_git(tmp_path / "side", tmp_path / "scratch"))) == {"a.py", "b.py"}
    assert set(files(open_git(tmp_path / "main" / "sub", tmp_path / "scratch"))) == {"inner.py"}


def test_a_tree_of_more_files_than_there_are_is_refused_in_time(tmp_path: Path) -> None:
    repository(tmp_path / "bomb", {"a.py": "x\n"})
    tree = git(tmp_path / "bomb", "rev-parse", "HEAD^{tree}")
    for _ in range(10):
        lines = "".join(f"040000 tree {tree}\td{i}\n" for i in range(10))
        tree = subprocess.run(
            ["git", "-C", str(tmp_path / "bomb"), "mktree"], input=lines, capture_output=True, text=True, check=True
        ).stdout.strip()
    name = git(tmp_path / "bomb", "commit-tree", "-m", "x", tree)
    with pytest.raises(FailedPrecondition, match="its tree has more than 1000000 files") as caught:
        items(open_git(tmp_path / "bomb", tmp_path / "scratch", name))
    assert caught.value.reason == "GIT_BROKEN"


def test_rows_say_when_the_commit_was_made_and_a_url_without_its_password(tmp_path: Path) -> None:
    name = repository(tmp_path / "thing", FILES)
    made = int(git(tmp_path / "thing", "show", "-s", "--format=%ct", name))
    for url, source in ((str(tmp_path / "thing"), "git thing"), ((tmp_path / "thing").as_uri(),) * 2):
        found = files(open_git(url, tmp_path / "scratch"))
        assert {(f.date, f.source.removeprefix("git ")) for f in found.values()} == {
            (made, source.removeprefix("git "))
        }
    assert shown_url("https://me:secret@host.example/a/b.git") == "https://host.example/a/b.git"


def test_a_stream_goes_on_from_any_item_and_batches_do_not_matter(tmp_path: Path) -> None:
    repository(tmp_path / "thing", {f"{i:03}.{'py' if i % 3 else 'bin'}": f"{i}\n" for i in range(250)})
    everything = items(open_git(tmp_path / "thing", tmp_path / "scratch"))
    assert len(everything) == 250
    for start in (1, 100, 249, 250):
        assert items(open_git(tmp_path / "thing", tmp_path / "scratch"), start) == everything[start:]


@pytest.mark.parametrize(
    ("where", "revision", "reason", "sentence"),
    [
        ("nowhere", "", "SOURCE_NOT_FOUND", "there is no git repository at"),
        ("plain", "", "NOT_A_GIT_REPOSITORY", "plain is not a git repository"),
        ("thing/src", "", "NOT_A_GIT_REPOSITORY", "name its top folder"),
        ("thing", "no-such", "UNKNOWN_REVISION", "has no revision `no-such`: give a branch, a tag or a full commit"),
        ("thing", "f" * 40, "UNKNOWN_REVISION", "has no revision"),
        ("empty", "", "UNKNOWN_REVISION", "has no commit yet"),
    ],
)
def test_what_is_not_there_is_named(tmp_path: Path, where: str, revision: str, reason: str, sentence: str) -> None:
    repository(tmp_path / "thing", FILES)
    (tmp_path / "plain").mkdir()
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "--quiet")
    with pytest.raises(NotFound, match=sentence) as caught:
        open_git(tmp_path / where, tmp_path / "scratch", revision)
    assert caught.value.reason == reason


def test_a_url_without_a_repository_revision_or_server_is_named(tmp_path: Path) -> None:
    repository(tmp_path / "thing", FILES)
    url = (tmp_path / "thing").as_uri()
    for address, revision, kind, reason in (
        (url + "-absent", "", NotFound, "NOT_A_GIT_REPOSITORY"),
        (url, "no-such", NotFound, "UNKNOWN_REVISION"),
        ("http://127.0.0.1:1/a/b", "", Unavailable, "GIT_UNREACHABLE"),
    ):
        with pytest.raises(kind) as caught:
            open_git(address, tmp_path / "scratch", revision)
        assert caught.value.reason == reason
    source = open_git(url, tmp_path / "scratch", "f" * 40)
    with pytest.raises(NotFound) as unknown:
        items(source)
    assert unknown.value.reason == "UNKNOWN_REVISION"


def test_no_error_repeats_the_password_of_a_url(tmp_path: Path) -> None:
    for address in ("http://me:secret@127.0.0.1:1/a/b", "HTTP://me:secret@127.0.0.1:1/a/b"):
        with pytest.raises(CodekilnError) as caught:
            open_git(address, tmp_path / "scratch")
        assert "secret" not in json.dumps(caught.value.to_json())
        assert "127.0.0.1" in caught.value.message


def test_a_partial_clone_is_told_and_fetches_nothing(tmp_path: Path) -> None:
    repository(tmp_path / "whole", FILES)
    git(tmp_path / "whole", "config", "uploadpack.allowFilter", "true")
    url = (tmp_path / "whole").as_uri()
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", "--no-checkout", url, "partial")
    git(tmp_path / "partial", "config", "remote.origin.uploadpack", f"touch {tmp_path}/ran; git-upload-pack")
    with pytest.raises(FailedPrecondition, match="it is a partial clone, fill it with `git fetch --refetch`"):
        items(open_git(tmp_path / "partial", tmp_path / "scratch"))
    assert not (tmp_path / "ran").exists()


def test_names_of_repositories(tmp_path: Path) -> None:
    assert repository_name("https://host.example/owner/name.git") == "owner/name"
    assert repository_name("git@host.example:owner/name.git") == "owner/name"
    assert repository_name("ssh://git@host.example:22/group/owner/name/") == "owner/name"
    assert repository_name(str(tmp_path / "thing" / ".git")) == "thing"
    assert not is_remote(str(tmp_path)) and not is_remote("./a:b") and is_remote("host:path")


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_repository_with_bits_flipped_is_items_or_an_error_of_ours(tmp_path: Path, data: st.DataObject) -> None:
    folder = tmp_path / "thing"
    shutil.rmtree(folder, ignore_errors=True)
    repository(folder, FILES)
    if data.draw(st.booleans()):
        git(folder, "repack", "-a", "-d", "--quiet")
    kept = sorted(path for path in (folder / ".git").rglob("*") if path.is_file() and path.stat().st_size)
    for _ in range(data.draw(st.integers(1, 3))):
        # Numbers of their own: how many files and bytes there are is another every second.
        path = kept[data.draw(st.integers(0, 10_000)) % len(kept)]
        path.chmod(0o644)
        content = bytearray(path.read_bytes())
        content[data.draw(st.integers(0, 10_000)) % len(content)] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(content)
    try:
        assert all(isinstance(item, SourceFile | Skipped) for item in items(open_git(folder, tmp_path / "scratch")))
    except CodekilnError as error:
        assert error.reason in ("GIT_BROKEN", "GIT_FAILED", "NOT_A_GIT_REPOSITORY", "UNKNOWN_REVISION")
