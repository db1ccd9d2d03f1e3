from __future__ import annotations

import pytest

from codekiln.core.artifacts import Ref
from codekiln.core.errors import DataLoss, Unavailable
from codekiln.core.store import ObjectStore
from codekiln.trainer.gang import Call, Gang

CHECKPOINT = Ref("checkpoint", "0" * 32)


@pytest.fixture
def gang(store: ObjectStore) -> Gang:
    return Gang(store, "trainer-x", 2)


@pytest.mark.parametrize("checkpoint", [None, CHECKPOINT])
def test_followers_hear_what_the_leader_said(gang: Gang, checkpoint: Ref | None) -> None:
    assert gang.called() is None
    gang.call(Call(3, checkpoint))
    assert gang.called() == Call(3, checkpoint)


def test_attempts_do_not_hear_each_other(gang: Gang, store: ObjectStore) -> None:
    Gang(store, "trainer-x", 1).call(Call(2, CHECKPOINT))
    Gang(store, "trainer-x", 1).arrive(1)
    assert gang.called() is None and gang.arrived() == 0


def test_a_node_that_is_started_again_in_the_same_attempt_is_turned_away(gang: Gang) -> None:
    """Its peers are connected to the one that died."""
    gang.call(Call(2, None))
    gang.arrive(1)
    for again in (lambda: gang.arrive(1), lambda: gang.call(Call(2, CHECKPOINT))):
        with pytest.raises(Unavailable) as caught:
            again()
        assert caught.value.reason == "NODE_RESTARTED"
    gang.arrive(2)
    assert gang.arrived() == 2 and gang.called() == Call(2, None)


def test_first_last_words_count_and_name_the_node(gang: Gang) -> None:
    gang.end(1, DataLoss("a part is gone", reason="PART_MISSING"))
    gang.end(1, None)
    gang.end(2, None)
    ended = gang.ended()
    assert isinstance(ended[1], DataLoss) and ended[1].reason == "PART_MISSING" and ended[2] is None
    assert ended[1].message.startswith("node 1 (") and ended[1].message.endswith("): a part is gone")


def test_nothing_is_left_in_the_store_once_it_is_cleared(gang: Gang, store: ObjectStore) -> None:
    gang.call(Call(2, None))
    gang.arrive(1)
    gang.end(1, None)
    other = Gang(store, "trainer-y", 1)
    other.call(Call(2, None))
    # The attempt that ends well clears up after those that did not.
    Gang(store, "trainer-x", 3).clear()
    assert [info.key for info in store.list("work/gang/")] == ["work/gang/trainer-y-1/call.json"]
