"""The maker of typos leaves no path out, and what it reads in helm's message is what helm said."""

from __future__ import annotations

from tests.chart.misspelling import keys, leaves, misspelt, mistyped, pointer, refused_values, unknown_keys

VALUES = {"a": {"b": 1, "c": ["x", {"d": True}]}, "e": {}, "f": []}
MESSAGE = """codekiln:
- at '/trainer': validation failed
  - at '/trainer/gpus': got number, want integer
  - at '/trainer': additional properties 'gpux', 'y' not allowed
  - at '/trainer/worker/resources/limits': additional properties 'nvidia.com/gpux!' not allowed
- at '': additional properties 'imagex' not allowed
"""


def test_every_key_has_a_misspelt_brother() -> None:
    assert misspelt(VALUES) == {
        "a": {"b": 1, "c": ["x", {"d": True, "dx": 1}], "bx": 1, "cx": 1},
        "e": {}, "f": [], "ax": 1, "ex": 1, "fx": 1,
    }  # fmt: skip
    assert {pointer(path) for path in keys(VALUES)} == {"/a", "/a/b", "/a/c", "/a/c/1/d", "/e", "/f"}


def test_every_leaf_has_a_wrong_value() -> None:
    assert mistyped(VALUES) == {"a": {"b": "~wrong~", "c": [[True], {"d": "~wrong~"}]}, "e": {}, "f": "~wrong~"}
    assert {pointer(path) for path in leaves(VALUES)} == {"/a/b", "/a/c/0", "/a/c/1/d", "/f"}


def test_helms_message_is_read_path_by_path() -> None:
    assert unknown_keys(MESSAGE) == {
        "/trainer/gpux", "/trainer/y", "/trainer/worker/resources/limits/nvidia.com~1gpux!", "/imagex",
    }  # fmt: skip
    assert refused_values(MESSAGE) == {"/trainer/gpus"}


def test_a_slash_in_a_key_is_no_step() -> None:
    assert pointer(("limits", "nvidia.com/gpu", 0)) == "/limits/nvidia.com~1gpu/0"
