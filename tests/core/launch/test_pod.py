"""A pod template that is wrong is refused with a sentence that says what is wrong and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from codekiln.core.errors import FailedPrecondition
from codekiln.core.launch.pod import read_template

GOOD = "{containers: [{name: worker, image: x}]}"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("spec: [", "is not YAML"),
        ("", "is no mapping"),
        ("- a", "is no mapping"),
        (f"kind: Pod\nspec: {GOOD}", "has `kind`"),
        ("metadata: {}", "no `spec.containers`"),
        (f"metadata: []\nspec: {GOOD}", "`metadata` that is no mapping"),
        (f"metadata: {{labels: x}}\nspec: {GOOD}", "`metadata.labels` that is no mapping"),
        (f"metadata: {{annotations: [x]}}\nspec: {GOOD}", "`metadata.annotations` that is no mapping"),
        ("spec: [1]", "`spec` that is no mapping"),
        ("spec: {containers: []}", "no `spec.containers`"),
        ("spec: {containers: [worker]}", "no name at `spec.containers[0]`"),
        ("spec: {containers: [{image: x}]}", "no name at `spec.containers[0]`"),
        ("spec: {containers: [{name: main, image: x}]}", "containers main"),
        ("spec: {containers: [{name: worker, image: x}, {name: worker, image: x}]}", "exactly one"),
        ("spec: {containers: [{name: side, image: x}, {name: worker}]}", "no `spec.containers[1].image`"),
        ("spec: {containers: [{name: worker, image: x, volumeMounts: y}]}", "`spec.containers[0].volumeMounts`"),
    ],
)
def test_a_wrong_template_is_refused_with_what_is_wrong_and_where(tmp_path: Path, text: str, wrong: str) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(text)
    with pytest.raises(FailedPrecondition) as caught:
        read_template(path)
    assert caught.value.reason == "BAD_POD_TEMPLATE"
    assert wrong in caught.value.message and str(path) in caught.value.message


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FailedPrecondition, match=r"missing\.yaml cannot be read: No such file"):
        read_template(tmp_path / "missing.yaml")


def test_a_template_is_read_anew_each_time_and_needs_no_metadata(tmp_path: Path) -> None:
    path = tmp_path / "pod.yaml"
    for image in ("x", "y"):
        path.write_text(f"spec: {{containers: [{{name: worker, image: {image}}}]}}")
        assert read_template(path) == {"metadata": {}, "spec": {"containers": [{"name": "worker", "image": image}]}}
