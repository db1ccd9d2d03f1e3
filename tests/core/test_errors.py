"""The error tree: a stable reason and code for each, the same in a record and on the wire."""

from __future__ import annotations

import pytest
from google.rpc import code_pb2, error_details_pb2
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core import errors
from codekiln.core.errors import CodekilnError, InvalidArgument, Retryable, Violation, from_json
from codekiln.core.rpc.status import grpc_code, to_status


def tree(root: type[CodekilnError] = CodekilnError) -> list[type[CodekilnError]]:
    return [root, *(leaf for child in root.__subclasses__() for leaf in tree(child))]


CLASSES = [kind for kind in tree() if kind.__module__ == errors.__name__ and kind is not Retryable]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_has_a_code_of_grpc_and_a_reason(kind: type[CodekilnError]) -> None:
    error = kind("a sentence")
    assert error.reason.isupper() and error.code in [name for name, _ in code_pb2.Code.items()]
    assert grpc_code(error).name == error.code
    assert kind.__name__ in (errors.__doc__ or "") or kind is CodekilnError, "drawn in the module's docstring"


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_comes_back_from_a_record_as_what_it_was(kind: type[CodekilnError]) -> None:
    error = from_json(kind("a sentence", reason="REASON", path="/a").to_json())
    assert (error.message, error.reason, error.metadata) == ("a sentence", "REASON", {"path": "/a"})
    assert type(error) is (kind if kind is not CodekilnError else errors.Internal)


def test_violations_are_the_message_where_there_is_none() -> None:
    error = InvalidArgument(violations=[Violation("spec.a", "is wrong"), Violation("spec.b", "too")])
    assert error.message == "spec.a: is wrong; spec.b: too"


@given(st.text(), st.dictionaries(st.text(), st.text(), max_size=50), st.lists(st.tuples(st.text(), st.text())))
def test_any_error_fits_a_header(message: str, metadata: dict[str, str], violations: list[tuple[str, str]]) -> None:
    error = InvalidArgument(message * 100, violations=[Violation(*pair) for pair in violations * 10])
    error.metadata = {key: value * 100 for key, value in metadata.items()}
    status = to_status(error)
    assert len(status.SerializeToString()) < 5500, "gRPC allows 8 KiB for all headers, base64 takes a third more"


def test_text_that_is_not_utf_8_travels_as_well_as_it_can() -> None:
    status = to_status(CodekilnError("file \udcff", name="\udcff"))
    info = error_details_pb2.ErrorInfo()
    assert status.message == "file ?" and status.details[0].Unpack(info) and info.metadata["name"] == "?"
