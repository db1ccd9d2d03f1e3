"""Who may reach whom. The table below is the whole of it: every other pair of pods and ports is closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.chart.objects import of_kind, pods
from tests.chart.reachability import Network, Peer
from tests.chart.rendering import NAMESPACE, VALUE_SETS, render
from tests.chart.workloads import SERVERS, WORKERS, WORKLOADS

pytestmark = pytest.mark.chart

PORTS = {"grpc": 7000, "health": 7001, "http": 8000, "metrics": 9090, "dask": 8786, "dask-worker": 8788, "s3": 9000}
"""Every port that any of our pods listens on. Each is tried on each pod, whether it listens there or not."""

DATA_WORKERS = ("ingestion-worker", "cleaning-worker", "tokenizer-worker", "trainer-worker", "evaluation-worker")
CALLABLE = (*SERVERS, "inference")
MEASURED = tuple(component for component in WORKLOADS if component != "store")

ALLOWED: dict[str, set[tuple[str, str]]] = {
    **{server: {("store", "s3")} for server in SERVERS},
    **{worker: {("store", "s3")} for worker in DATA_WORKERS},
    "cleaning-worker": {("store", "s3"), ("dask-scheduler", "dask")},
    "evaluation-worker": {("store", "s3"), ("sandbox", "grpc"), ("inference", "grpc")},
    # Pods of one training speak on ports that torch picks.
    "trainer-worker": {("store", "s3"), *((("trainer-worker"), port) for port in PORTS)},
    "dask-scheduler": {("dask-worker", "dask-worker")},
    "dask-worker": {("store", "s3"), ("dask-scheduler", "dask"), ("dask-worker", "dask-worker")},
    "inference": {("store", "s3")},
    "sandbox": set(),
    "store": set(),
    "test": {("ingestion", "grpc")},
    # Not ours: a pod beside the release (a client, an Ingress controller), and a Prometheus in a namespace of its own.
    "client": {(server, "grpc") for server in CALLABLE} | {("inference", "http")},
    "prometheus": {(component, "metrics") for component in MEASURED},
    "stranger": set(),
}
STRANGERS_TOO = {(component, "metrics") for component in MEASURED}
"""By default metrics are readable from every namespace: which one Prometheus is in, the chart cannot know."""


def test_the_table_is_the_whole_truth() -> None:
    expected = {(client, server, port) for client, edges in ALLOWED.items() for server, port in edges}
    expected |= {(client, server, port) for client in ("client", "stranger") for server, port in STRANGERS_TOO}
    assert _open_edges({}) == expected


def test_prometheus_alone_reads_metrics_where_its_namespace_is_named() -> None:
    prometheus = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    edges = _open_edges({"networkPolicy": {"monitoring": [prometheus]}})
    assert {client for client, server, port in edges if port == "metrics" and server != "trainer-worker"} == {
        "prometheus"
    }


def test_named_callers_alone_reach_the_servers() -> None:
    callers = [{"podSelector": {"matchLabels": {"app": "gateway"}}}]
    edges = _open_edges({"networkPolicy": {"callers": callers}})
    assert {client for client, server, port in edges if port == "grpc" and server in SERVERS} == {"test"}
    # What the release needs itself, `helm test` included, stays open.
    assert ("evaluation-worker", "inference", "grpc") in edges


def test_only_evaluation_jobs_and_prometheus_reach_the_sandbox_and_it_reaches_nothing() -> None:
    edges = _open_edges({})
    assert {client for client, server, port in edges if server == "sandbox" and port == "grpc"} == {"evaluation-worker"}
    assert not [edge for edge in edges if edge[0] == "sandbox"]
    network, sandbox = _network({}), _peers({})["sandbox"]
    for address in ("10.96.0.10", "10.96.0.1", "169.254.169.254", "203.0.113.7", "2001:db8::7"):
        for port, protocol in ((53, "UDP"), (53, "TCP"), (80, "TCP"), (443, "TCP"), (6443, "TCP")):
            assert not network.allows(sandbox, Peer("outside", ip=address), port, protocol)


@pytest.mark.parametrize("name", VALUE_SETS)
def test_every_pod_is_closed_in_both_directions_but_for_what_is_listed(name: str) -> None:
    network = _network(VALUE_SETS[name])
    closed = name != "unguarded"
    for peer in _peers(VALUE_SETS[name]).values():
        if peer.name in WORKLOADS:
            assert network.isolates(peer, "Ingress") is closed, peer.name
            assert network.isolates(peer, "Egress") is closed, peer.name


def test_every_pod_but_the_sandbox_and_the_store_can_ask_dns() -> None:
    network = _network({})
    dns = Peer("dns", {"k8s-app": "kube-dns"}, "kube-system", ip="10.244.9.9", ports={"dns": 53})
    asking = {
        p.name for p in _peers({}).values() for protocol in ("UDP", "TCP") if network.allows(p, dns, 53, protocol)
    }
    assert asking & set(WORKLOADS) == set(WORKLOADS) - {"sandbox", "store"}


def test_only_servers_that_start_jobs_reach_the_api_server() -> None:
    network = _network({})
    for port in (443, 6443):
        reaching = _reaching(network, Peer("api-server", ip="10.96.0.1"), port)
        assert reaching - {"ingestion-worker"} == set(SERVERS)
    narrow = {"networkPolicy": {"apiServer": {"cidrs": ["10.0.0.1/32"], "ports": [6443]}}}
    assert _reaching(_network(narrow), Peer("api-server", ip="10.0.0.1"), 6443) == set(SERVERS)
    assert _reaching(_network(narrow), Peer("elsewhere", ip="10.0.0.2"), 6443) == set()


def test_only_ingestion_jobs_reach_sources_and_never_a_clouds_credentials() -> None:
    # The API server's addresses are not known by default, so servers may reach 443 of everything.
    narrow = {"networkPolicy": {"apiServer": {"cidrs": ["10.0.0.1/32"]}}}
    for port in (22, 80, 443):
        assert _reaching(_network(narrow), Peer("forge", ip="203.0.113.7"), port) == {"ingestion-worker"}
    assert _reaching(_network(narrow), Peer("forge", ip="203.0.113.7"), 8080) == set()
    for port in (80, 443):
        assert _reaching(_network(narrow), Peer("metadata", ip="169.254.169.254"), port) == set()


def test_without_sources_nothing_reaches_out() -> None:
    closed = {"networkPolicy": {"sources": {"to": []}, "apiServer": {"cidrs": ["10.0.0.1/32"]}}}
    for port in (22, 80, 443):
        assert _reaching(_network(closed), Peer("forge", ip="203.0.113.7"), port) == set()


def test_an_external_store_is_reached_at_its_own_port_by_those_that_use_it() -> None:
    values = {
        **VALUE_SETS["external-store"],
        "networkPolicy": {"externalStore": {"cidrs": ["198.51.100.0/24"], "ports": [9443]}},
    }
    users = {*SERVERS, *WORKERS, "inference", "dask-worker"}
    assert _reaching(_network(values), Peer("s3", ip="198.51.100.9"), 9443) == users
    assert _reaching(_network(values), Peer("s3", ip="198.51.99.9"), 9443) == set()


def _reaching(network: Network, server: Peer, port: int) -> set[str]:
    return {peer.name for peer in _peers({}).values() if peer.name in WORKLOADS and network.allows(peer, server, port)}


def _open_edges(values: dict[str, Any]) -> set[tuple[str, str, str]]:
    network, peers = _network(values), _peers(values)
    return {
        (client.name, server.name, port)
        for client in peers.values()
        for server in peers.values()
        if server.name in WORKLOADS
        for port, number in PORTS.items()
        if network.allows(client, server, number)
    }


def _network(values: dict[str, Any]) -> Network:
    return Network(of_kind(render(values), "NetworkPolicy"))


def _peers(values: dict[str, Any]) -> dict[str, Peer]:
    """Our pods, each with an address, and three of others."""
    ours = [
        Peer(pod.component, pod.labels, NAMESPACE, ports=_ports(pod.containers), ip=f"10.244.0.{number}")
        for number, pod in enumerate(pods(render(values)), start=1)
    ]
    others = [
        Peer("client", {"app": "client"}, NAMESPACE, ip="10.244.1.1"),
        Peer("prometheus", {"app.kubernetes.io/name": "prometheus"}, "monitoring", ip="10.244.1.2"),
        Peer("stranger", {"app": "stranger"}, "elsewhere", ip="10.244.1.3"),
    ]
    return {peer.name: peer for peer in (*ours, *others)}


def _ports(containers: Iterable[dict[str, Any]]) -> dict[str, int]:
    return {port["name"]: port["containerPort"] for c in containers for port in c.get("ports") or [] if "name" in port}
