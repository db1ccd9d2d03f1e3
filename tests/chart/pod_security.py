"""Pod Security Standards, level "restricted" (and with it "baseline"), as a checker of pod specs.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ as of Kubernetes 1.36. Each function is a
control of that page and bears its name; it yields a sentence for each violation. Controls for Windows and for user
namespaces are left out: our pods set neither. What is not in the standard (a read-only root) is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Spec = dict[str, Any]

ALLOWED_VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret",
}  # fmt: skip
ALLOWED_SYSCTLS = {
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
}  # fmt: skip
ALLOWED_SELINUX_TYPES = {None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
APPARMOR_PREFIX = "container.apparmor.security.beta.kubernetes.io/"


def violations(spec: Spec, metadata: Spec | None = None) -> list[str]:
    """Every way in which a pod is not restricted; empty for one that an enforcing namespace takes."""
    return [sentence for control in CONTROLS for sentence in control(spec, metadata or {})]


def containers(spec: Spec) -> Iterator[tuple[str, Spec]]:
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(kind) or []:
            yield f"container {container['name']}", container


def contexts(spec: Spec) -> Iterator[tuple[str, Spec]]:
    """The security contexts of the pod and of each container."""
    yield "pod", spec.get("securityContext") or {}
    for where, container in containers(spec):
        yield where, container.get("securityContext") or {}


def host_namespaces(spec: Spec, _: Spec) -> Iterator[str]:
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(key):
            yield f"{key} is set"


def host_ports(spec: Spec, _: Spec) -> Iterator[str]:
    for where, container in containers(spec):
        if any(port.get("hostPort") for port in container.get("ports") or []):
            yield f"{where}: hostPort is set"


def host_probes(spec: Spec, _: Spec) -> Iterator[str]:
    for where, container in containers(spec):
        hooks = container.get("lifecycle") or {}
        probes = {key: container.get(key) for key in ("livenessProbe", "readinessProbe", "startupProbe")}
        for name, probe in {**probes, **hooks}.items():
            for action in ("httpGet", "tcpSocket"):
                if ((probe or {}).get(action) or {}).get("host"):
                    yield f"{where}: {name}.{action}.host is set"


def volume_types(spec: Spec, _: Spec) -> Iterator[str]:
    for volume in spec.get("volumes") or []:
        for kind in set(volume) - {"name"} - ALLOWED_VOLUMES:
            yield f"volume {volume['name']} is a {kind}"


def privileged(spec: Spec, _: Spec) -> Iterator[str]:
    for where, context in contexts(spec):
        if context.get("privileged"):
            yield f"{where}: privileged"


def privilege_escalation(spec: Spec, _: Spec) -> Iterator[str]:
    for where, container in containers(spec):
        if (container.get("securityContext") or {}).get("allowPrivilegeEscalation") is not False:
            yield f"{where}: allowPrivilegeEscalation is not false"


def running_as_non_root(spec: Spec, _: Spec) -> Iterator[str]:
    of_pod = (spec.get("securityContext") or {}).get("runAsNonRoot")
    for where, container in containers(spec):
        if (container.get("securityContext") or {}).get("runAsNonRoot", of_pod) is not True:
            yield f"{where}: runAsNonRoot is not true"


def running_as_root_user(spec: Spec, _: Spec) -> Iterator[str]:
    for where, context in contexts(spec):
        if context.get("runAsUser") == 0:
            yield f"{where}: runAsUser is 0"


def seccomp(spec: Spec, _: Spec) -> Iterator[str]:
    of_pod = (spec.get("securityContext") or {}).get("seccompProfile")
    for where, container in containers(spec):
        profile = (container.get("securityContext") or {}).get("seccompProfile", of_pod) or {}
        if profile.get("type") not in ("RuntimeDefault", "Localhost"):
            yield f"{where}: seccompProfile.type is {profile.get('type')}"


def capabilities(spec: Spec, _: Spec) -> Iterator[str]:
    for where, container in containers(spec):
        given = (container.get("securityContext") or {}).get("capabilities") or {}
        if "ALL" not in (given.get("drop") or []):
            yield f"{where}: capabilities.drop lacks ALL"
        for capability in set(given.get("add") or []) - {"NET_BIND_SERVICE"}:
            yield f"{where}: capabilities.add has {capability}"


def app_armor(spec: Spec, metadata: Spec) -> Iterator[str]:
    for where, context in contexts(spec):
        if (context.get("appArmorProfile") or {}).get("type") == "Unconfined":
            yield f"{where}: appArmorProfile.type is Unconfined"
    for key, value in (metadata.get("annotations") or {}).items():
        if key.startswith(APPARMOR_PREFIX) and value == "unconfined":
            yield f"annotation {key} is unconfined"


def selinux(spec: Spec, _: Spec) -> Iterator[str]:
    for where, context in contexts(spec):
        options = context.get("seLinuxOptions") or {}
        if options.get("type") not in ALLOWED_SELINUX_TYPES:
            yield f"{where}: seLinuxOptions.type is {options['type']}"
        if options.get("user") or options.get("role"):
            yield f"{where}: seLinuxOptions has a user or a role"


def proc_mount(spec: Spec, _: Spec) -> Iterator[str]:
    for where, context in contexts(spec):
        if context.get("procMount") not in (None, "", "Default"):
            yield f"{where}: procMount is {context['procMount']}"


def sysctls(spec: Spec, _: Spec) -> Iterator[str]:
    for sysctl in (spec.get("securityContext") or {}).get("sysctls") or []:
        if sysctl["name"] not in ALLOWED_SYSCTLS:
            yield f"sysctl {sysctl['name']} is set"


CONTROLS: tuple[Callable[[Spec, Spec], Iterator[str]], ...] = (
    host_namespaces, host_ports, host_probes, volume_types, privileged, privilege_escalation, running_as_non_root,
    running_as_root_user, seccomp, capabilities, app_armor, selinux, proc_mount, sysctls,
)  # fmt: skip
