"""Contracts: linted, formatted, documented field by field, and the generated stubs are those of these files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2

from codekiln.core.artifacts import KINDS
from codekiln.core.jobs.record import JobState
from codekiln.v1 import artifact_pb2, job_pb2

ROOT = Path(__file__).parents[2]
PROTOS = ROOT / "protos"
BUF = Path(sys.executable).with_name("buf")
FILES = sorted(path.name for path in (PROTOS / "codekiln" / "v1").glob("*.proto"))


def buf(*arguments: str, cwd: Path = PROTOS) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BUF, *arguments], cwd=cwd, capture_output=True, text=True)


@pytest.fixture(scope="module")
def descriptors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, descriptor_pb2.FileDescriptorProto]:
    """Compiled from the files as they are now, comments included."""
    out = tmp_path_factory.mktemp("protos") / "set.pb"
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I", ".", "--include_source_info"]
    command += [f"--descriptor_set_out={out}", *(f"codekiln/v1/{name}" for name in FILES)]
    subprocess.run(command, cwd=PROTOS, check=True)
    files = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file
    return {file.name.rpartition("/")[2]: file for file in files}


def test_contracts_pass_the_linter() -> None:
    done = buf("lint")
    assert done.returncode == 0, done.stdout + done.stderr


def test_contracts_are_formatted() -> None:
    done = buf("format", "--diff", "--exit-code")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", FILES)
def test_everything_that_a_client_sees_has_a_comment(
    descriptors: dict[str, descriptor_pb2.FileDescriptorProto], name: str
) -> None:
    """Messages (4), enums (5), services (6) and all below them: fields (2), values (2), methods (2)."""
    bare = [
        list(place.path)
        for place in descriptors[name].source_code_info.location
        if len(place.path) % 2 == 0 and _names_something(list(place.path)) and not place.leading_comments.strip()
    ]
    assert bare == []


def _names_something(path: list[int]) -> bool:
    if not path or path[0] not in (4, 5, 6):
        return False
    return all(step in (2, 3, 4) for step in path[2::2])


@pytest.mark.parametrize("name", FILES)
def test_the_stubs_that_are_imported_are_those_of_the_file(
    descriptors: dict[str, descriptor_pb2.FileDescriptorProto], name: str
) -> None:
    module = __import__(f"codekiln.v1.{name.removesuffix('.proto')}_pb2", fromlist=["DESCRIPTOR"])
    compiled = descriptor_pb2.FileDescriptorProto.FromString(descriptors[name].SerializeToString())
    compiled.ClearField("source_code_info")
    for message in compiled.message_type:
        _clear_json_names(message)  # which only the compiler adds
    imported = descriptor_pb2.FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb)
    assert imported == compiled, "stale: `make protos` generates the stubs again"


def _clear_json_names(message: descriptor_pb2.DescriptorProto) -> None:
    for field in message.field:
        field.ClearField("json_name")
    for nested in message.nested_type:
        _clear_json_names(nested)


def test_a_change_that_breaks_clients_is_found(tmp_path: Path) -> None:
    for version in ("before", "after"):
        folder = tmp_path / version
        (folder / "codekiln" / "v1").mkdir(parents=True)
        (folder / "buf.yaml").write_text((PROTOS / "buf.yaml").read_text())
        for name in FILES:
            text = (PROTOS / "codekiln" / "v1" / name).read_text()
            if version == "after":
                text = text.replace("string request_id = 6;", "string request = 6;")
            (folder / "codekiln" / "v1" / name).write_text(text)
    same = buf("breaking", "--against", str(tmp_path / "before"), cwd=PROTOS)
    assert same.returncode == 0, same.stdout + same.stderr
    broken = buf("breaking", "--against", str(tmp_path / "before"), cwd=tmp_path / "after")
    assert broken.returncode != 0 and "request_id" in broken.stdout


def test_states_and_kinds_of_the_contracts_are_those_of_the_code() -> None:
    assert job_pb2.JobState.keys() == ["JOB_STATE_UNSPECIFIED", *(f"JOB_STATE_{state}" for state in JobState)]
    kinds = ["ARTIFACT_KIND_UNSPECIFIED", *(f"ARTIFACT_KIND_{kind.upper()}" for kind in KINDS)]
    assert artifact_pb2.ArtifactKind.keys() == kinds


def test_requests_and_responses_are_named_after_their_method(
    descriptors: dict[str, descriptor_pb2.FileDescriptorProto],
) -> None:
    for file in descriptors.values():
        for service in file.service:
            for method in service.method:
                assert method.input_type == f".codekiln.v1.{method.name}Request"
                assert method.output_type == f".codekiln.v1.{method.name}Response"


def test_every_create_takes_a_request_id_and_a_spec_and_returns_a_job(
    descriptors: dict[str, descriptor_pb2.FileDescriptorProto],
) -> None:
    messages = {message.name: message for file in descriptors.values() for message in file.message_type}
    creates = [name for name in messages if re.fullmatch(r"Create\w+Request", name)]
    assert len(creates) == 7
    for name in creates:
        assert [field.name for field in messages[name].field] == ["request_id", "spec"]
        assert [field.name for field in messages[name.replace("Request", "Response")].field] == ["job"]
