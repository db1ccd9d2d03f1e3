from __future__ import annotations

import pytest

from codekiln.core.errors import InvalidArgument
from codekiln.core.spec import from_json, from_message, to_json
from codekiln.ingestion.spec import BenchmarkSpec, IngestionSpec
from codekiln.v1 import ingestion_pb2 as pb


def violations(cls: type, message: object) -> dict[str, str]:
    with pytest.raises(InvalidArgument) as caught:
        from_message(cls, message)  # type: ignore[arg-type]
    return {violation.field: violation.description for violation in caught.value.violations}


def test_unset_fields_get_the_defaults_that_the_proto_promises() -> None:
    spec = from_message(IngestionSpec, pb.IngestionSpec(sources=[pb.Source(installed_packages=pb.InstalledPackages())]))
    assert (spec.max_bytes, spec.max_file_bytes, spec.shard_bytes, spec.seed) == (0, 10_000_000, 16_000_000, 0)
    assert spec.languages == ()


def test_a_spec_survives_the_job_record() -> None:
    message = pb.IngestionSpec(
        sources=[
            pb.Source(
                installed_packages=pb.InstalledPackages(python="python3", only=["a"], exclude_standard_library=True)
            ),
            pb.Source(folder=pb.Folder(path="src", license="MIT")),
            pb.Source(git=pb.GitRepository(url="https://host.example/a/b", revision="main")),
            pb.Source(parquet=pb.ParquetFiles(path="data"), weight=0.5),
            pb.Source(archive=pb.Archive(path="s3://bucket/a", license="MIT")),
            pb.Source(json_lines=pb.JsonLines(path="a.jsonl")),
            pb.Source(hugging_face=pb.HuggingFaceDataset(path="d", splits=["train"])),
        ],
        languages=["Python", "C++"],
        max_bytes=5,
        max_language_bytes={"JSON": 8, "C": 7},
    )
    spec = from_message(IngestionSpec, message)
    assert from_json(IngestionSpec, to_json(spec)) == spec


def test_a_source_needs_exactly_one_field() -> None:
    two = pb.Source(folder=pb.Folder(path="a"), parquet=pb.ParquetFiles(path="b"))
    found = violations(IngestionSpec, pb.IngestionSpec(sources=[pb.Source()]))
    assert found["spec.sources[0]"].startswith("is empty: give exactly one of")
    found = violations(IngestionSpec, pb.IngestionSpec(sources=[two]))
    assert "folder and parquet" in found["spec.sources[0]"]


@pytest.mark.parametrize(
    ("source", "field"),
    [
        (pb.Source(folder=pb.Folder(path=" ")), "folder.path"),
        (pb.Source(folder=pb.Folder(path="a", license="BSD")), "folder.license"),
        (pb.Source(git=pb.GitRepository()), "git.url"),
        (pb.Source(git=pb.GitRepository(url="--upload-pack=evil")), "git.url"),
        (pb.Source(git=pb.GitRepository(url="a", revision="-x")), "git.revision"),
        (pb.Source(git=pb.GitRepository(url="https://host.example/a\r\nb")), "git.url"),
        (pb.Source(git=pb.GitRepository(url="a", revision="main\0")), "git.revision"),
        (pb.Source(folder=pb.Folder(path="a\0b")), "folder.path"),
        (pb.Source(folder=pb.Folder(path="a", repository="a\nb")), "folder.repository"),
        (pb.Source(archive=pb.Archive(path="s3://bucket/a\0")), "archive.path"),
        (pb.Source(installed_packages=pb.InstalledPackages(python="\0")), "installed_packages.python"),
        (pb.Source(hugging_face=pb.HuggingFaceDataset(path="a", splits=["train", ""])), "hugging_face.splits[1]"),
        (pb.Source(hugging_face=pb.HuggingFaceDataset(name="a/b", revision="../x")), "hugging_face.revision"),
        (pb.Source(hugging_face=pb.HuggingFaceDataset(name="a/b", revision="x?y")), "hugging_face.revision"),
        (pb.Source(parquet=pb.ParquetFiles()), "parquet.path"),
        (pb.Source(archive=pb.Archive()), "archive.path"),
        (pb.Source(archive=pb.Archive(path="a", license="BSD")), "archive.license"),
        (pb.Source(json_lines=pb.JsonLines()), "json_lines.path"),
        (pb.Source(hugging_face=pb.HuggingFaceDataset()), "hugging_face.path"),
        (pb.Source(hugging_face=pb.HuggingFaceDataset(path="a", revision="x")), "hugging_face.revision"),
        (pb.Source(hugging_face=pb.HuggingFaceDataset(path="a", name="b/c")), "hugging_face"),
        (pb.Source(hugging_face=pb.HuggingFaceDataset(name="../../etc")), "hugging_face.name"),
    ],
)
def test_a_wrong_field_of_a_source_is_named_with_its_path(source: pb.Source, field: str) -> None:
    assert f"spec.sources[0].{field}" in violations(IngestionSpec, pb.IngestionSpec(sources=[source]))


def test_limits_and_weights_that_do_not_fit_are_named_with_their_path() -> None:
    folder = pb.Source(folder=pb.Folder(path="a"), weight=2)
    message = pb.IngestionSpec(sources=[folder], max_language_bytes={"Pyhton": 5, "Go": 0, "C": 1})
    found = violations(IngestionSpec, message)
    assert found == {
        "spec.sources[0].weight": "needs `max_bytes`, which it is a part of",
        "spec.max_language_bytes[Pyhton]": "`Pyhton` is not a language we recognise: did you mean `Python`?",
        "spec.max_language_bytes[Go]": "must be at least 1, got 0",
    }
    for path in (
        "s3://",
        "s3://UPPER/x",
        "s3://bucket/x?endpoint=http://elsewhere",
        "s3:///x",
        "S3://bucket/x",
        "s3:/bucket/x",
        "s3://bucket/../x",
        "s3://bucket/a//b",
    ):
        source = pb.Source(archive=pb.Archive(path=path))
        assert "spec.sources[0].archive.path" in violations(IngestionSpec, pb.IngestionSpec(sources=[source]))
    heavy = pb.Source(folder=pb.Folder(path="a"), weight=-1)
    assert "spec.sources[0].weight" in violations(IngestionSpec, pb.IngestionSpec(sources=[heavy], max_bytes=1))


def test_no_source_and_an_unknown_language_are_refused() -> None:
    assert "spec.sources" in violations(IngestionSpec, pb.IngestionSpec())
    source = pb.Source(folder=pb.Folder(path="a"))
    found = violations(IngestionSpec, pb.IngestionSpec(sources=[source], languages=["Python", "pyhton"]))
    assert found == {"spec.languages[1]": "`pyhton` is not a language we recognise: did you mean `Python`?"}


def test_sizes_have_bounds() -> None:
    source = pb.Source(folder=pb.Folder(path="a"))
    message = pb.IngestionSpec(sources=[source], max_bytes=-1, max_file_bytes=0, shard_bytes=1)
    assert set(violations(IngestionSpec, message)) == {"spec.max_bytes", "spec.max_file_bytes", "spec.shard_bytes"}


def test_only_the_built_in_benchmark_needs_no_path() -> None:
    assert from_message(BenchmarkSpec, pb.BenchmarkSpec(name="humaneval")).path == ""
    assert "spec.path" in violations(BenchmarkSpec, pb.BenchmarkSpec(name="mine"))
    assert "spec.name" in violations(BenchmarkSpec, pb.BenchmarkSpec(path="a"))
    assert "spec.sha256" in violations(BenchmarkSpec, pb.BenchmarkSpec(name="a", path="a", sha256="beef"))
