"""The evaluator of NetworkPolicies decides as the Kubernetes documentation says, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chart.reachability import Network, Peer, matches

A = Peer("a", {"app": "a"}, "home", ports={"grpc": 7000})
B = Peer("b", {"app": "b"}, "home", ports={"grpc": 7000, "metrics": 9090})
FOREIGN = Peer("foreign", {"app": "a"}, "elsewhere", {"team": "x"})
OUTSIDE = Peer("outside", ip="203.0.113.7")
ONLY_A = {"podSelector": {"matchLabels": {"app": "a"}}}


def policy(on: dict[str, Any], namespace: str = "home", **spec: Any) -> dict[str, Any]:
    return {
        "kind": "NetworkPolicy",
        "metadata": {"name": "p", "namespace": namespace},
        "spec": {"podSelector": on, **spec},
    }


def test_without_a_policy_everything_passes() -> None:
    assert Network([]).allows(A, B, 7000)
    assert Network([]).allows(OUTSIDE, B, 7000)


def test_a_selected_pod_is_closed_in_the_directions_named_and_only_there() -> None:
    network = Network([policy({"matchLabels": {"app": "b"}}, policyTypes=["Ingress"])])
    assert not network.allows(A, B, 7000)
    assert network.allows(B, A, 7000)
    assert network.isolates(B, "Ingress") and not network.isolates(B, "Egress") and not network.isolates(A, "Ingress")


def test_a_policy_acts_in_its_own_namespace() -> None:
    assert Network([policy({}, namespace="elsewhere", policyTypes=["Ingress"])]).allows(A, B, 7000)


def test_egress_and_ingress_must_both_let_a_connection_pass() -> None:
    deny = policy({}, policyTypes=["Ingress", "Egress"])
    into_b = policy({"matchLabels": {"app": "b"}}, ingress=[{"from": [ONLY_A]}], policyTypes=["Ingress"])
    out_of_a = policy(
        {"matchLabels": {"app": "a"}},
        egress=[{"to": [{"podSelector": {"matchLabels": {"app": "b"}}}]}],
        policyTypes=["Egress"],
    )
    assert not Network([deny, into_b]).allows(A, B, 7000)
    assert not Network([deny, out_of_a]).allows(A, B, 7000)
    assert Network([deny, into_b, out_of_a]).allows(A, B, 7000)


def test_without_policy_types_egress_is_closed_only_where_it_has_rules() -> None:
    assert Network([policy({}, egress=[])]).allows(A, OUTSIDE, 443)
    assert not Network([policy({}, egress=[{"to": [ONLY_A]}])]).allows(A, OUTSIDE, 443)


def test_a_rule_without_peers_lets_everyone_and_an_empty_list_of_rules_nobody() -> None:
    assert Network([policy({}, ingress=[{}])]).allows(OUTSIDE, B, 1)
    assert not Network([policy({}, ingress=[])]).allows(A, B, 1)


def test_a_pod_selector_alone_means_the_policys_own_namespace() -> None:
    network = Network([policy({}, ingress=[{"from": [ONLY_A]}])])
    assert network.allows(A, B, 7000)
    assert not network.allows(FOREIGN, B, 7000)


@pytest.mark.parametrize(
    ("peer", "passes"),
    [
        ({"namespaceSelector": {}}, True),
        ({"namespaceSelector": {"matchLabels": {"team": "x"}}}, True),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "elsewhere"}}}, True),
        ({"namespaceSelector": {"matchLabels": {"team": "y"}}}, False),
        ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "b"}}}, False),
        ({"namespaceSelector": {"matchLabels": {"team": "x"}}, **ONLY_A}, True),
        ({"ipBlock": {"cidr": "0.0.0.0/0"}}, False),
    ],
)
def test_a_namespace_selector_and_a_pod_selector_in_one_peer_must_both_fit(peer: dict[str, Any], passes: bool) -> None:
    assert Network([policy({}, ingress=[{"from": [peer]}])]).allows(FOREIGN, B, 7000) is passes


@pytest.mark.parametrize(
    ("block", "passes"),
    [
        ({"cidr": "0.0.0.0/0"}, True),
        ({"cidr": "203.0.113.0/24"}, True),
        ({"cidr": "203.0.113.0/24", "except": ["203.0.113.4/30"]}, False),
        ({"cidr": "10.0.0.0/8"}, False),
        ({"cidr": "::/0"}, False),
    ],
)
def test_an_address_outside_is_matched_by_blocks_alone(block: dict[str, Any], passes: bool) -> None:
    assert Network([policy({}, egress=[{"to": [{"ipBlock": block}]}])]).allows(A, OUTSIDE, 443) is passes
    assert not Network([policy({}, egress=[{"to": [{"namespaceSelector": {}}]}])]).allows(A, OUTSIDE, 443)


def test_a_block_takes_the_pods_in_it_too() -> None:
    network = Network(
        [
            policy(
                {},
                egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}]}],
                policyTypes=["Egress"],
            )
        ]
    )
    assert network.allows(A, Peer("pod", {}, "home", ip="192.168.7.7"), 443)
    assert not network.allows(A, Peer("pod", {}, "home", ip="10.244.0.7"), 443)


@pytest.mark.parametrize(
    ("ports", "passes"),
    [
        ([{"port": 7000}], True),
        ([{"port": 7001}, {"port": 7000, "protocol": "TCP"}], True),
        ([{"port": 7000, "protocol": "UDP"}], False),
        ([{"protocol": "TCP"}], True),
        ([{"port": 6000, "endPort": 7000}], True),
        ([{"port": 6000, "endPort": 6999}], False),
        ([{"port": "grpc"}], True),
        ([{"port": "metrics"}], False),
        ([], True),
    ],
)
def test_ports_are_numbers_ranges_or_names_of_the_server(ports: list[dict[str, Any]], passes: bool) -> None:
    assert Network([policy({}, ingress=[{"ports": ports}])]).allows(A, B, 7000) is passes
    # A name in an egress rule is looked up in the pod that is asked, too.
    assert Network([policy({}, egress=[{"ports": ports}], policyTypes=["Egress"])]).allows(A, B, 7000) is passes


@pytest.mark.parametrize(
    ("operator", "values", "passes"),
    [
        ("In", ["a", "c"], True), ("In", ["c"], False), ("NotIn", ["c"], True), ("NotIn", ["a"], False),
        ("Exists", [], True), ("DoesNotExist", [], False),
    ],
)  # fmt: skip
def test_expressions_of_selectors(operator: str, values: list[str], passes: bool) -> None:
    assert matches({"matchExpressions": [{"key": "app", "operator": operator, "values": values}]}, A.labels) is passes


def test_not_in_takes_pods_without_the_label() -> None:
    assert matches({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["a"]}]}, {})


def test_an_unknown_operator_is_an_error() -> None:
    with pytest.raises(ValueError, match="Near"):
        matches({"matchExpressions": [{"key": "app", "operator": "Near"}]}, {})
