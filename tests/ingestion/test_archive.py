from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pyarrow as pa
import pytest

from codekiln.core.errors import FailedPrecondition, NotFound
from codekiln.core.settings import Settings
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.archive import ArchiveSource
from codekiln.ingestion.sources.source import Cursor, Share, SourceFile
from codekiln.ingestion.spec import Archive

from .archives import DATE, files, items, reasons, tar, zip_
from .material import ALL, GPL3, MIT, git, repository

SOURCES: dict[str, bytes | str] = {"thing-1.2/b.py": "b\n", "thing-1.2/a/c.go": "package c\n", "thing-1.2/d.bin": b"\0"}


def told(file: SourceFile) -> tuple[str, str, str]:
    return file.repository, file.revision, file.source


@pytest.mark.parametrize(("suffix", "mode"), [(".tar", "w:"), (".tar.gz", "w:gz"), (".tgz", "w:gz"),
                                              (".tar.bz2", "w:bz2"), (".tar.xz", "w:xz")])  # fmt: skip
def test_a_tar_archive_gives_its_files_in_its_order_without_the_folder_at_its_top(
    tmp_path: Path, suffix: str, mode: str
) -> None:
    found = files(tar(tmp_path / f"thing-1.2{suffix}", SOURCES, mode))
    assert [(f.path, f.language, f.content) for f in found] == [
        ("b.py", "Python", b"b\n"),
        ("a/c.go", "Go", b"package c\n"),
    ]
    assert told(found[0]) == ("thing", "1.2", f"archive archive thing-1.2{suffix}")
    assert {f.date for f in found} == {DATE}


def test_a_zstd_tar_and_a_zip_give_the_same(tmp_path: Path) -> None:
    plain = tar(tmp_path / "x.tar", SOURCES, "w:").read_bytes()
    (tmp_path / "x.tar").unlink()
    (tmp_path / "thing-1.2.tar.zst").write_bytes(pa.compress(plain, codec="zstd", asbytes=True))
    zip_(tmp_path / "thing-1.2.zip", SOURCES)
    found = files(tmp_path)
    assert [f.path for f in found] == ["b.py", "a/c.go", "b.py", "a/c.go"]
    assert {(f.repository, f.revision, f.date) for f in found} == {("thing", "1.2", DATE)}


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_and_foreign_names_come_through_every_tar_format(tmp_path: Path, format: int) -> None:
    names = ["a.py", f"{'d' * 60}/{'e' * 60}/long.py"]
    if format != tarfile.USTAR_FORMAT:
        names += [f"{'f' * 200}/x.py", "한글/é.py"]
    with tarfile.open(tmp_path / "a.tar", "w", format=format) as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))
    assert [f.path for f in files(tmp_path / "a.tar")] == names


def test_an_sdist_is_named_by_its_pkg_info(tmp_path: Path) -> None:
    info = "Metadata-Version: 2.4\nName: Thing.Core\nVersion: 1.0rc1\nLicense-Expression: MIT OR Apache-2.0\n\nText\n"
    found = files(
        tar(tmp_path / "thing_core-1.0rc1.tar.gz",
            {"thing_core-1.0rc1/PKG-INFO": info, "thing_core-1.0rc1/x.py": "x\n",
             "thing_core-1.0rc1/vendor/LICENSE": GPL3, "thing_core-1.0rc1/vendor/y.py": "y\n"})
    )  # fmt: skip
    by_path = {f.path: f for f in found}
    assert told(by_path["x.py"]) == ("Thing.Core", "1.0rc1", "archive sdist thing_core-1.0rc1.tar.gz")
    assert (by_path["x.py"].licenses.ids, by_path["x.py"].licenses.evidence) == (("Apache-2.0 OR MIT",), "metadata")
    assert by_path["vendor/y.py"].licenses.ids == ("GPL-3.0-only",)


def test_a_wheel_is_named_by_its_metadata_which_is_no_source(tmp_path: Path) -> None:
    path = zip_(
        tmp_path / "thing-2.0-py3-none-any.whl",
        {"thing/__init__.py": "x\n", "thing-2.0.dist-info/METADATA": "Name: thing\nVersion: 2.0\n",
         "thing-2.0.dist-info/licenses/LICENSE": MIT, "thing-2.0.dist-info/RECORD": ""},
    )  # fmt: skip
    (found,) = files(path)
    assert told(found) == ("thing", "2.0", "archive wheel thing-2.0-py3-none-any.whl")
    assert (found.path, found.licenses.ids, found.licenses.evidence) == ("thing/__init__.py", ("MIT",), "file")
    assert reasons(path) == {"package_metadata": 3}


@pytest.mark.parametrize(
    ("license", "ids"),
    [
        ('"license": "MIT"', ("MIT",)),
        ('"license": "(MIT OR Apache-2.0)"', ("Apache-2.0 OR MIT",)),
        ('"license": {"type": "ISC", "url": "x"}', ("ISC",)),
        ('"licenses": [{"type": "MIT"}, {"type": "ISC"}]', ("ISC", "MIT")),
        ('"private": true', ()),
    ],
)
def test_an_npm_package_is_named_by_its_package_json(tmp_path: Path, license: str, ids: tuple[str, ...]) -> None:
    manifest = f'{{"name": "@scope/thing", "version": "3.1.0", {license}}}'
    found = files(tar(tmp_path / "thing-3.1.0.tgz", {"package/package.json": manifest, "package/lib/i.js": "x\n"}))
    (script,) = [f for f in found if f.path == "lib/i.js"]
    assert (told(script), script.licenses.ids) == (("@scope/thing", "3.1.0", "archive npm thing-3.1.0.tgz"), ids)


def test_a_crate_is_named_by_its_cargo_toml(tmp_path: Path) -> None:
    manifest = '[package]\nname = "thing"\nversion = "0.3.0"\nlicense = "MIT/Apache-2.0"\n'
    path = tmp_path / "thing-0.3.0.crate"
    found = files(tar(path, {"thing-0.3.0/Cargo.toml": manifest, "thing-0.3.0/src/lib.rs": "fn a() {}\n"}))
    (source,) = [f for f in found if f.path == "src/lib.rs"]
    assert told(source) == ("thing", "0.3.0", "archive crate thing-0.3.0.crate")
    assert source.licenses.ids == ("Apache-2.0 OR MIT",)


def test_a_go_module_is_named_by_its_paths(tmp_path: Path) -> None:
    top = "example.org/team/thing/v2@v2.1.0"
    path = zip_(
        tmp_path / "v2.1.0.zip", {f"{top}/LICENSE": MIT, f"{top}/go.mod": "module x\n", f"{top}/a/x.go": "package x\n"}
    )
    (source,) = [f for f in files(path) if f.path == "a/x.go"]
    assert told(source) == ("example.org/team/thing/v2", "v2.1.0", "archive go v2.1.0.zip")
    assert (source.licenses.ids, source.licenses.evidence) == (("MIT",), "file")


@pytest.mark.parametrize("format", ["tar.gz", "zip"])
def test_what_git_archive_writes_is_named_by_its_commit(tmp_path: Path, format: str) -> None:
    name = repository(tmp_path / "thing", {"a.py": "x\n", "b/c.py": "y\n"})
    git(
        tmp_path / "thing",
        "archive",
        f"--format={format}",
        f"--prefix=thing-{name}/",
        "-o",
        f"../thing-{name}.{format}",
        "HEAD",
    )
    found = files(tmp_path / f"thing-{name}.{format}")
    assert [(f.path, f.repository, f.revision) for f in found] == [("a.py", "thing", name), ("b/c.py", "thing", name)]


def debian(folder: Path) -> Path:
    """A source package in the format 3.0 (quilt) with two upstream tarballs."""
    folder.mkdir()
    tar(
        folder / "thing_1.0.orig.tar.xz",
        {"thing-1.0/a.py": "a\n", "thing-1.0/ext/b.c": "int b;\n", "thing-1.0/debian/old.py": "o\n"},
        "w:xz",
    )
    tar(folder / "thing_1.0.orig-extra.tar.gz", {"extra/c.py": "c\n"})
    copyright_ = (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
        "Files: *\nCopyright: me\nLicense: Expat\n\nFiles: ext/*\nCopyright: you\nLicense: GPL-2+\n more\n\n"
        "License: Expat\n text\n"
    )
    changelog = (
        "thing (1.0-2) unstable; urgency=low\n\n  * x\n\n -- Me <me@example.org>  Sat, 04 May 2024 10:00:00 +0200\n"
    )
    tar(
        folder / "thing_1.0-2.debian.tar.xz",
        {"debian/copyright": copyright_, "debian/changelog": changelog, "debian/x.py": "x\n"},
        "w:xz",
    )
    names = sorted(path.name for path in folder.iterdir())
    listing = "".join(f" {'0' * 32} {(folder / name).stat().st_size} {name}\n" for name in names)
    dsc = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nFormat: 3.0 (quilt)\nSource: thing\nVersion: 1.0-2\n"
        f"Files:\n{listing}\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    )
    (folder / "thing_1.0-2.dsc").write_text(dsc)
    return folder


@pytest.mark.parametrize("alone", [True, False])
def test_a_debian_source_package_is_one_repository_of_its_tarballs(tmp_path: Path, alone: bool) -> None:
    folder = debian(tmp_path / "deb")
    found = {f.path: f for f in files(folder / "thing_1.0-2.dsc" if alone else folder)}
    sources = {path: f for path, f in found.items() if path.endswith((".py", ".c"))}
    # What upstream has in debian/ is replaced when the package is unpacked.
    assert set(sources) == {"a.py", "ext/b.c", "extra/c.py", "debian/x.py"}
    assert {told(f) for f in sources.values()} == {("thing", "1.0-2", "archive debian thing_1.0-2.dsc")}
    assert {path: f.licenses.ids for path, f in sources.items()} == {
        "a.py": ("MIT",), "extra/c.py": ("MIT",), "debian/x.py": ("MIT",), "ext/b.c": ("GPL-2.0-or-later",),
    }  # fmt: skip
    assert {f.date for f in sources.values()} == {1714809600}


@pytest.mark.skipif(not Path("/usr/bin/dpkg-source").exists(), reason="needs dpkg-dev")
def test_our_tree_of_a_debian_package_is_that_of_dpkg_source(tmp_path: Path) -> None:
    folder = debian(tmp_path / "deb")
    subprocess.run(
        ["dpkg-source", "--no-check", "-x", "thing_1.0-2.dsc", "out"], cwd=folder, check=True, capture_output=True
    )
    unpacked = {p.relative_to(folder / "out").as_posix() for p in (folder / "out").rglob("*.py")}
    assert {f.path for f in files(folder) if f.path.endswith(".py")} == unpacked


def test_a_debian_package_that_lacks_a_tarball_is_an_error_alone_and_counted_among_others(tmp_path: Path) -> None:
    folder = debian(tmp_path / "deb")
    (folder / "thing_1.0.orig.tar.xz").unlink()
    with pytest.raises(FailedPrecondition) as caught:
        files(folder / "thing_1.0-2.dsc")
    assert caught.value.reason == "ARCHIVE_UNREADABLE"
    assert reasons(folder)["archive_unreadable"] == 1


def test_the_source_specification_says_the_licence_where_nothing_else_does(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", {"a/x.py": "x\n", "a/y.py": "# SPDX-License-Identifier: ISC\n"})
    assert [f.licenses.ids for f in files(path, license="MIT")] == [("MIT",), ("ISC",)]


def test_dates_that_a_tool_makes_up_are_no_dates(tmp_path: Path) -> None:
    for name, date in (("npm", 499162500), ("crate", 1153704088), ("zero", 0)):
        info = tarfile.TarInfo("x.py")
        info.mtime = date
        with tarfile.open(tmp_path / f"{name}.tar", "w") as archive:
            archive.addfile(info)
    assert {f.date for f in files(tmp_path)} == {None}


@pytest.mark.parametrize("kind", ["tar", "zip", "debian"])
def test_a_stream_goes_on_from_any_item(tmp_path: Path, kind: str) -> None:
    content: dict[str, bytes | str] = {f"t/{i:03}.{'py' if i % 3 else 'bin'}": f"{i}\n" for i in range(40)}
    path = {
        "tar": lambda: tar(tmp_path / "a.tar.gz", content),
        "zip": lambda: zip_(tmp_path / "a.zip", content),
        "debian": lambda: debian(tmp_path / "deb"),
    }[kind]()
    everything = items(path)
    for start in range(len(everything) + 1):
        assert items(path, start=Cursor(start)) == everything[start:]


def test_a_limit_cuts_an_archive_as_it_does_a_folder(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", {f"{i}.py": "x" * 10 for i in range(50)})
    (repository_,) = ArchiveSource(Archive(str(path)), Settings()).repositories()
    assert repository_.size(ALL) == 500
    found = [i.path for i in repository_.files(ALL, Share(105, 1), Cursor()) if isinstance(i, SourceFile)]
    assert len(found) == 10
    assert repository_.size(Selection(frozenset({"Go"}), 100)) == 0


def test_the_fingerprint_follows_the_archives_and_not_where_they_lie(tmp_path: Path) -> None:
    import os

    for parent in ("a", "b"):
        (tmp_path / parent).mkdir()
        os.utime(tar(tmp_path / parent / "x.tar.gz", {"x.py": "x\n"}), ns=(5, 5))

    def fingerprint(path: Path, license: str = "") -> dict[str, object]:
        return ArchiveSource(Archive(str(path), license), Settings()).fingerprint(ALL)

    before = fingerprint(tmp_path / "a")
    assert fingerprint(tmp_path / "b") == before == fingerprint(tmp_path / "a" / "x.tar.gz")
    assert fingerprint(tmp_path / "a", "MIT") != before
    os.utime(tmp_path / "a" / "x.tar.gz", ns=(6, 6))
    assert fingerprint(tmp_path / "a") != before


def test_a_path_without_archives_is_named(tmp_path: Path) -> None:
    for path, sentence in ((tmp_path, "holds no .*zip or "), (tmp_path / "x.zip", "there is no file or folder")):
        with pytest.raises(NotFound, match=sentence) as caught:
            files(path)
        assert caught.value.reason == "SOURCE_NOT_FOUND"
