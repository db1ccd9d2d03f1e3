from __future__ import annotations

import os
import stat
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from codekiln.core.errors import CodekilnError, FailedPrecondition, NotFound
from codekiln.ingestion.blob import git_blob_id
from codekiln.ingestion.sources.folder import FolderSource
from codekiln.ingestion.sources.source import Cursor, Share, Skipped, SourceFile
from codekiln.ingestion.spec import Folder

from .material import ALL, MIT, git, write


def items(source: FolderSource, start: Cursor | None = None) -> list[SourceFile | Skipped]:
    return list(source.files(ALL, Share(None), start or Cursor()))


def test_files_come_in_order_with_their_licence_and_bytes_as_they_are(tmp_path: Path) -> None:
    root = write(
        tmp_path / "mine", {"LICENSE": MIT, "b.py": b"\xff\xfe\n", "a/z.go": "package z\n", "a-b.c": "int x;\n"}
    )
    files = [item for item in items(FolderSource(Folder(str(root)))) if isinstance(item, SourceFile)]
    assert [(file.path, file.language) for file in files] == [
        ("LICENSE", "Text"), ("a/z.go", "Go"), ("a-b.c", "C"), ("b.py", "Python"),
    ]  # fmt: skip
    assert {file.licenses.ids for file in files} == {("MIT",)}
    assert files[3].content == b"\xff\xfe\n"
    assert {file.repository for file in files} == {"mine"}


def test_links_are_not_followed_and_devices_not_opened(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret.py": "x = 1\n"})
    root = write(tmp_path / "mine", {"a.py": "x = 1\n"})
    (root / "file.py").symlink_to(outside / "secret.py")
    (root / "folder").symlink_to(outside)
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe.py")
    found = items(FolderSource(Folder(str(root))))
    assert [item.path for item in found if isinstance(item, SourceFile)] == ["a.py"]
    assert Counter(i.reason for i in found if isinstance(i, Skipped)) == {"symlink": 3, "not_a_file": 1}


def test_what_tools_keep_there_and_our_own_store_are_not_source(tmp_path: Path) -> None:
    root = write(
        tmp_path / "mine", {".git/a.py": "", "x/.venv/b.py": "", "home/store/c.py": "", "__pycache__/d.py": ""}
    )
    write(root, {"real.py": "x\n", "sub/.git": "gitdir: elsewhere\n"})
    found = items(FolderSource(Folder(str(root)), ignored=[root / "home"]))
    assert [item.path for item in found if isinstance(item, SourceFile)] == ["real.py"]
    assert len(found) == 1


def test_a_stream_goes_on_from_any_item(tmp_path: Path) -> None:
    root = write(tmp_path / "mine", {f"{i}.{e}": f"{i}" for i in range(5) for e in ("py", "bin")})
    source = FolderSource(Folder(str(root)))
    everything = items(source)
    for start in range(len(everything) + 1):
        assert items(source, Cursor(start, 0)) == everything[start:]


def test_a_cut_folder_gives_a_seeded_sample_that_fits(tmp_path: Path) -> None:
    root = write(tmp_path / "mine", {f"{i:02}.py": "x" * 10 for i in range(50)})
    source = FolderSource(Folder(str(root)))

    def sample(seed: int) -> list[str]:
        return [i.path for i in source.files(ALL, Share(105, seed), Cursor()) if isinstance(i, SourceFile)]

    assert len(sample(1)) == 10
    assert sample(1) == sorted(sample(1)) == sample(1)
    assert sample(1) != sample(2)


def test_the_fingerprint_changes_with_any_source_file_and_with_nothing_else(tmp_path: Path) -> None:
    root = write(tmp_path / "mine", {"a.py": "x = 1\n", "log.bin": "1"})

    def fingerprint() -> dict[str, object]:
        return FolderSource(Folder(str(root))).fingerprint(ALL)

    before = fingerprint()
    write(root, {"log.bin": "12", "__pycache__/a.pyc": "x"})
    assert fingerprint() == before
    write(root, {"LICENSE": MIT})
    with_license = fingerprint()
    assert with_license != before
    os.utime(root / "a.py", ns=(1, 1))
    assert fingerprint() != with_license


def test_names_that_are_not_utf8_are_recorded_readably(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    root.mkdir()
    (root / os.fsdecode(b"\xff.py")).write_text("x = 1\n")
    (file,) = items(FolderSource(Folder(str(root))))
    assert isinstance(file, SourceFile) and file.path == "\ufffd.py"


def test_a_missing_folder_and_a_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"there is no folder .*/nowhere on the machine") as missing:
        FolderSource(Folder(str(tmp_path / "nowhere")))
    assert missing.value.reason == "SOURCE_NOT_FOUND"
    write(tmp_path, {"file.py": ""})
    with pytest.raises(FailedPrecondition, match=r"file\.py is a file: name the folder") as file:
        FolderSource(Folder(str(tmp_path / "file.py")))
    assert file.value.reason == "NOT_A_FOLDER"


@pytest.mark.skipif(os.geteuid() != 0, reason="takes another user's place, which only root can")
def test_a_folder_without_read_permission_is_one_sentence_and_one_below_it_a_count() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = write(Path(name), {"a.py": "x\n", "closed/b.py": "y\n", "shut.py": "z\n"})
        root.chmod(0o755)
        (root / "closed").chmod(0o700)
        (root / "shut.py").chmod(stat.S_IRUSR)
        os.seteuid(65534)
        try:
            found = items(FolderSource(Folder(str(root))))
            with pytest.raises(CodekilnError, match=r"cannot read the folder .*closed: Permission denied") as caught:
                items(FolderSource(Folder(str(root / "closed"))))
        finally:
            os.seteuid(0)
    assert caught.value.reason == "FOLDER_UNREADABLE"
    assert Counter(i.reason for i in found if isinstance(i, Skipped)) == {"folder_unreadable": 1, "unreadable": 1}


def test_blob_ids_are_gits_own(tmp_path: Path) -> None:
    for content in (b"", b"x\n", b"\x00\xff" * 1000):
        write(tmp_path, {"file": content})
        assert git_blob_id(content) == git(tmp_path, "hash-object", "file")
