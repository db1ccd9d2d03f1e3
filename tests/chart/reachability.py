"""What NetworkPolicies let through: `Network(policies).allows(client, server, 7000)`.

Semantics of networking.k8s.io/v1: a pod that no policy of a direction selects is open in that direction; one that some
select is closed but for the union of their rules. A connection passes if the client's egress and the server's ingress
both let it. Replies are free. A port's name is looked up in the pod that is the server. A block of addresses takes the
pods in it too: the documentation leaves that open, many networks do so, and a policy must hold on those.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chart.rendering import Object

NAMESPACE_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class Peer:
    """One end of a connection: a pod, or something outside the cluster, which has an address and no namespace."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    namespace: str = ""
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    ip: str = ""

    @property
    def labels_of_namespace(self) -> dict[str, str]:
        return {NAMESPACE_NAME: self.namespace, **self.namespace_labels}


class Network:
    """The policies of all namespaces together."""

    def __init__(self, policies: Iterable[Object]) -> None:
        self.policies = list(policies)

    def allows(self, client: Peer, server: Peer, port: int, protocol: str = "TCP") -> bool:
        return self._lets("Egress", client, server, server, port, protocol) and self._lets(
            "Ingress", server, client, server, port, protocol
        )

    def isolates(self, pod: Peer, direction: str) -> bool:
        """Whether some policy closes this pod in this direction but for what is listed."""
        return bool(self._selecting(pod, direction))

    def _selecting(self, pod: Peer, direction: str) -> list[Object]:
        if not pod.namespace:
            return []
        return [
            policy
            for policy in self.policies
            if policy["metadata"]["namespace"] == pod.namespace
            and direction in _directions(policy["spec"])
            and matches(policy["spec"].get("podSelector"), pod.labels)
        ]

    def _lets(self, direction: str, pod: Peer, other: Peer, server: Peer, port: int, protocol: str) -> bool:
        selecting = self._selecting(pod, direction)
        if not selecting:
            return True
        side = "from" if direction == "Ingress" else "to"
        return any(
            _peers_match(rule.get(side), other, policy["metadata"]["namespace"])
            and _ports_match(rule.get("ports"), server, port, protocol)
            for policy in selecting
            for rule in policy["spec"].get(direction.lower()) or []
        )


def matches(selector: Object | None, labels: Mapping[str, str]) -> bool:
    """Whether a label selector takes these labels; the empty one takes all."""
    selector = selector or {}
    wanted = selector.get("matchLabels") or {}
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _expression_matches(expression, labels) for expression in selector.get("matchExpressions") or []
    )


def _expression_matches(expression: Object, labels: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values") or []
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    raise ValueError(f"unknown operator {expression['operator']}")


def _directions(spec: Object) -> Sequence[str]:
    """Without policyTypes: ingress always, egress where there are egress rules."""
    return spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])


def _peers_match(peers: list[Object] | None, other: Peer, namespace: str) -> bool:
    return not peers or any(_peer_matches(peer, other, namespace) for peer in peers)


def _peer_matches(peer: Object, other: Peer, namespace: str) -> bool:
    if "ipBlock" in peer:
        return bool(other.ip) and _block_has(peer["ipBlock"], other.ip)
    if not other.namespace:
        return False
    if "namespaceSelector" in peer:
        if not matches(peer["namespaceSelector"], other.labels_of_namespace):
            return False
    elif other.namespace != namespace:
        return False
    return matches(peer.get("podSelector"), other.labels)


def _block_has(block: Object, ip: str) -> bool:
    address = ipaddress.ip_address(ip)
    excepted = block.get("except") or []
    return address in ipaddress.ip_network(block["cidr"]) and not any(
        address in ipaddress.ip_network(hole) for hole in excepted
    )


def _ports_match(ports: list[Object] | None, server: Peer, port: int, protocol: str) -> bool:
    return not ports or any(_port_matches(entry, server, port, protocol) for entry in ports)


def _port_matches(entry: Object, server: Peer, port: int, protocol: str) -> bool:
    if entry.get("protocol", "TCP") != protocol:
        return False
    wanted = entry.get("port")
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return server.ports.get(wanted) == port
    return int(wanted) <= port <= int(entry.get("endPort", wanted))
