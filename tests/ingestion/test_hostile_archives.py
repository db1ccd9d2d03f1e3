from __future__ import annotations

import io
import random
import struct
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from codekiln.core.errors import CodekilnError, FailedPrecondition
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.source import Skipped, SourceFile

from .archives import bomb_tar_gz, files, items, measured, member, reasons, tar, zip_

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def refused(path: Path) -> str:
    """The cause that an archive which is read alone is refused with."""
    with pytest.raises(FailedPrecondition) as caught:
        items(path)
    assert caught.value.reason == "ARCHIVE_UNREADABLE"
    assert "\n" not in caught.value.message
    return caught.value.message


OUTSIDE = ["../up.py", "a/../../up.py", "/etc/x.py", "..\\up.py", "C:\\x.py", "\\x.py", ".."]


@pytest.mark.parametrize("make", [tar, zip_])
def test_paths_that_leave_the_archive_are_skipped_and_nothing_is_written(tmp_path: Path, make: object) -> None:
    path = make(tmp_path / "slip.x", {"ok.py": "x\n", **dict.fromkeys(OUTSIDE, "evil\n")})  # type: ignore[operator]
    before = sorted(tmp_path.parent.rglob("*"))
    assert [f.path for f in files(path)] == ["ok.py"]
    assert reasons(path) == {"outside_package": len(OUTSIDE)}
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_links_devices_and_pipes_of_a_tar_are_skipped_each_by_its_name(tmp_path: Path) -> None:
    extra = (
        member("sym.py", tarfile.SYMTYPE, "/etc/passwd"),
        member("hard.py", tarfile.LNKTYPE, "a.py"),
        member("char.py", tarfile.CHRTYPE),
        member("block.py", tarfile.BLKTYPE),
        member("pipe.py", tarfile.FIFOTYPE),
        member("folder.py", tarfile.DIRTYPE),
        member("sparse.py", tarfile.GNUTYPE_SPARSE),
    )
    path = tar(tmp_path / "a.tar.gz", {"a.py": "x\n"}, extra=extra)
    assert [f.path for f in files(path)] == ["a.py"]
    assert reasons(path) == {"symlink": 1, "hard_link": 1, "not_a_file": 4}


@pytest.mark.parametrize("format", ["gnu", "pax", "posix", "oldgnu"])
def test_sparse_files_of_gnu_tar_are_skipped_and_what_follows_is_read(tmp_path: Path, format: str) -> None:
    with (tmp_path / "holes.py").open("wb") as out:
        for i in range(60):
            out.seek(i << 20)
            out.write(b"x" * 4096)
    (tmp_path / "z.py").write_text("z\n")
    command = ["tar", "--sparse", f"--format={format}", "-cf", "a.tar", "holes.py", "z.py"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert [(f.path, f.content) for f in files(tmp_path / "a.tar")] == [("z.py", b"z\n")]
    assert reasons(tmp_path / "a.tar") == {"not_a_file": 1}


def test_links_and_locked_files_of_a_zip_are_skipped_each_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("link.py")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.py", "x\n")
        archive.writestr("locked.py", "x\n")
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.rfind(signature)
        data[at + flags] |= 1
    path.write_bytes(data)
    assert [f.path for f in files(path)] == ["a.py"]
    assert reasons(path) == {"symlink": 1, "encrypted": 1}


@pytest.mark.parametrize("make", [tar, zip_])
def test_of_files_with_one_path_the_last_counts(tmp_path: Path, make: object) -> None:
    path = tmp_path / "a.x"
    if make is tar:
        with tarfile.open(path, "w") as archive:
            for content in (b"old\n", b"new\n"):
                info = tarfile.TarInfo("./a.py" if content == b"old\n" else "a.py")
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    else:
        with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "w") as archive_:
            archive_.writestr("a.py", "old\n")
            archive_.writestr("a.py", "new\n")
    assert [f.content for f in files(path)] == [b"new\n"]
    assert reasons(path) == {"duplicate_name": 1}


def test_names_that_are_no_text_stay_readable(tmp_path: Path) -> None:
    names = [b"\xff.py", b"a\nb.py", "‮gpj.py".encode(), b"tab\t.py"]
    with tarfile.open(tmp_path / "a.tar", "w", encoding="utf-8", errors="surrogateescape") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name.decode("utf-8", "surrogateescape")))
    assert [f.path for f in files(tmp_path / "a.tar")] == ["�.py", "a\nb.py", "‮gpj.py", "tab\t.py"]
    zip_(tmp_path / "a.zip", {"é\n.py": "x\n"})
    assert [f.path for f in files(tmp_path / "a.zip")] == ["é\n.py"]


@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.bz2", ".tar.xz", ".tar", ".zip"])
def test_an_archive_that_is_cut_off_gives_nothing_at_all(tmp_path: Path, suffix: str) -> None:
    noise = {f"{i}.py": random.Random(i).randbytes(3000) for i in range(20)}
    path = tmp_path / f"a{suffix}"
    if suffix == ".zip":
        zip_(path, noise)  # type: ignore[arg-type]
    else:
        tar(path, noise, f"w:{suffix.rpartition('.')[2]}" if suffix != ".tar" else "w:")  # type: ignore[arg-type]
    whole = path.read_bytes()
    for share in (0.3, 0.8):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert "a" in refused(path)
    tar(tmp_path / "b.tar.gz", {"b.py": "b\n"})
    assert [f.path for f in files(tmp_path)] == ["b.py"]
    assert reasons(tmp_path) == {"archive_unreadable": 1}


def test_a_zip_member_that_is_not_as_long_as_it_says_is_skipped(tmp_path: Path) -> None:
    for claimed in (3, 5000):
        path = zip_(tmp_path / f"{claimed}.zip", {"a.py": "x" * 100, "b.py": "ok\n"}, method=zipfile.ZIP_STORED)
        data = bytearray(path.read_bytes())
        at = data.find(b"PK\x01\x02")
        data[at + 24 : at + 28] = struct.pack("<L", claimed)
        path.write_bytes(data)
        assert [f.path for f in files(path)] == ["b.py"]
        assert reasons(path) == {"unreadable": 1}


def test_a_zip64_archive_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive, archive.open("a.py", "w", force_zip64=True) as stream:
        stream.write(b"x\n")
    assert [f.content for f in files(tmp_path / "a.zip")] == [b"x\n"]
    zip_(tmp_path / "many.zip", {f"{i}.py": "" for i in range(66_000)}, method=zipfile.ZIP_STORED)
    assert len(items(tmp_path / "many.zip", Selection(frozenset({"Go"}), 100))) == 66_000


def test_archives_inside_archives_stay_closed(tmp_path: Path) -> None:
    inner = zip_(tmp_path / "inner.zip", {"hidden.py": "x\n"}).read_bytes()
    outer = tar(tmp_path / "outer.tar.gz", {"inner.zip": inner, "a.py": "x\n"})
    assert [f.path for f in files(outer)] == ["a.py"]
    assert reasons(outer) == {"unknown_language": 1}


def test_utf16_nul_bytes_and_an_lfs_pointer_pass_or_go_as_in_a_folder(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    found = files(tar(tmp_path / "a.tar", {"a.py": "x".encode("utf-16"), "b.py": b"\0\0", "c.py": pointer}, "w:"))
    assert [f.path for f in found] == ["a.py", "b.py"]


def test_the_name_says_nothing_the_content_does(tmp_path: Path) -> None:
    tar(tmp_path / "really-a-tar.zip", {"a.py": "x\n"})
    zip_(tmp_path / "really-a-zip.tar.gz", {"b.py": "x\n"})
    assert [f.path for f in files(tmp_path)] == ["a.py", "b.py"]
    for name, content in (("text.zip", b"no archive"), ("empty.tgz", b""), ("zeros.tar", bytes(100))):
        (tmp_path / name).write_bytes(content)
        assert refused(tmp_path / name)


def xz_bomb(path: Path) -> Path:
    import lzma

    info = tarfile.TarInfo("zeros.py")
    info.size = 1 << 30
    with lzma.open(path, "wb", preset=1) as out:
        out.write(info.tobuf())
        for _ in range(1 << 10):
            out.write(bytes(1 << 20))
    return path


def zip_bomb(path: Path) -> Path:
    """Members that overlap: each is the same ten megabytes of zeros."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", bytes(10_000_000))
        (info,) = archive.infolist()
        for i in range(5000):
            copy = zipfile.ZipInfo(f"{i}.py")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(copy, name, getattr(info, name))
            archive.filelist.append(copy)
    return path


def header_bomb(path: Path) -> Path:
    """A pax header of 2 GB, of zeros that pack well."""
    import gzip

    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 2 << 30
    with gzip.open(path, "wb") as out:
        out.write(info.tobuf(tarfile.USTAR_FORMAT))
        for _ in range(300):
            out.write(bytes(1 << 20))
    return path


def many_headers(path: Path) -> Path:
    """Digits that a search through the header would go over again and again."""
    with tarfile.open(path, "w") as archive:
        for i in range(200):
            info = tarfile.TarInfo(f"{i}.py")
            info.type, info.size = tarfile.XHDTYPE, 500_000
            archive.addfile(info, io.BytesIO(b"1" * 500_000))
    return path


def many_files(path: Path) -> Path:
    with tarfile.open(path, "w") as archive:
        block = b"".join(tarfile.TarInfo(f"{i}.py").tobuf() for i in range(1000))
        for _ in range(600):
            archive.fileobj.write(block)  # type: ignore[union-attr]
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "name", "expected"),
    [
        (lambda path: bomb_tar_gz(path, 1024), "gz.tar.gz", "swells to more than 200 times"),
        (xz_bomb, "xz.tar.xz", "swells to more than 200 times"),
        (zip_bomb, "a.zip", "swells to more than 200 times"),
        (header_bomb, "header.tar.gz", "header of more than a megabyte"),
        (many_headers, "headers.tar", "0 items"),
        (many_files, "files.tar", "more than 500000 files"),
        (lambda path: tar(path, {"a.py": bytes(500_000_000), "b.py": "x\n"}, "w:"), "large.tar", "2 items"),
    ],
)
def test_what_is_made_to_hurt_takes_neither_memory_nor_time(
    tmp_path: Path, make: object, name: str, expected: str
) -> None:
    said, megabytes = measured(make(tmp_path / name))  # type: ignore[operator]
    assert expected in said
    assert megabytes < 1024


VALID: dict[str, bytes] = {}


def valid(kind: str) -> bytes:
    """A small archive of each kind, made once."""
    if kind not in VALID:
        import tempfile

        content: dict[str, bytes | str] = {f"p/{i}.py": f"x = {i}\n" * 20 for i in range(6)} | {
            "p/package.json": '{"name": "p", "version": "1", "license": "MIT"}', "p/LICENSE": "MIT License"
        }  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"a.{kind}"
            if kind == "zip":
                zip_(path, content)
            elif kind == "zst":
                import pyarrow as pa

                raw = tar(path, content, "w:").read_bytes()
                path.write_bytes(pa.compress(raw, codec="zstd", asbytes=True))
            else:
                tar(path, content, "w:" if kind == "tar" else f"w:{kind}")
            VALID[kind] = path.read_bytes()
    return VALID[kind]


def outcome(folder: Path, data: bytes) -> str:
    """`items` where all that came is one, else the reason of the error."""
    path = folder / "fuzz.bin"
    path.write_bytes(data)
    try:
        found = items(path)
    except CodekilnError as error:
        return error.reason
    return "items" if all(isinstance(item, SourceFile | Skipped) for item in found) else "something else"


@FUZZ
@given(data=st.binary(max_size=3000))
@example(data=b"PK\x05\x06" + bytes(18))
@example(data=b"\x1f\x8b\x08\x00" + bytes(20))
@example(data=b"\x28\xb5\x2f\xfd" + b"\xff" * 20)
@example(data=b"\xfd7zXZ\0" + bytes(20))
def test_random_bytes_are_items_or_an_error_of_ours(tmp_path: Path, data: bytes) -> None:
    assert outcome(tmp_path, data) in ("items", "ARCHIVE_UNREADABLE")
    assert [path.name for path in tmp_path.iterdir()] == ["fuzz.bin"]


@FUZZ
@given(kind=st.sampled_from(["tar", "gz", "bz2", "xz", "zst", "zip"]), data=st.data())
def test_a_valid_archive_with_bits_flipped_or_cut_is_items_or_an_error_of_ours(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    content = bytearray(valid(kind))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    length = data.draw(st.integers(0, len(content))) if data.draw(st.booleans()) else len(content)
    assert outcome(tmp_path, bytes(content[:length])) in ("items", "ARCHIVE_UNREADABLE")
    assert [path.name for path in tmp_path.iterdir()] == ["fuzz.bin"]
