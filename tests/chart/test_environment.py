"""Every process will take the environment that the chart gives it, and finds no secret where others could read it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chart.container_settings import faults, secrets_in, settings_of
from tests.chart.objects import environment_of, of_kind, pods, strings
from tests.chart.rendering import NAMESPACE, VALUE_SETS, render
from tests.chart.workloads import SERVERS, WORKERS, WORKLOADS, pod_of

pytestmark = pytest.mark.chart

EVERYTHING: dict[str, Any] = {
    **VALUE_SETS["external-store"],
    **VALUE_SETS["secured"],
    **VALUE_SETS["served"],
    "trainer": {"launcher": "trainjob", "trainingRuntime": "torch", "gpus": 2},
}
SETS = {**VALUE_SETS, "everything": EVERYTHING}


@pytest.mark.parametrize("name", SETS)
def test_every_process_takes_its_environment_and_finds_its_files(name: str) -> None:
    found = pods(render(SETS[name]))
    assert {str(pod): faults(pod) for pod in found} == {str(pod): [] for pod in found}


@pytest.mark.parametrize("name", SETS)
def test_nothing_that_anyone_may_read_has_a_secret_in_it(name: str) -> None:
    seen = []
    for object_ in render(SETS[name]):
        if object_["kind"] == "Secret":
            continue
        for path, text in strings(object_):
            seen += secrets_in(f"{object_['kind']} {object_['metadata']['name']}{path}", text)
    for pod in pods(render(SETS[name])):
        for container in pod.containers:
            assert not [word for word in container.get("args", []) if list(secrets_in("args", word))]
            for key, text in environment_of(container).items():
                seen += secrets_in(f"{pod} {key}", text, key)
    for config in of_kind(render(SETS[name]), "ConfigMap"):
        for key, text in config["data"].items():
            seen += secrets_in(f"ConfigMap {config['metadata']['name']} {key}", text, key)
    assert seen == []


def test_a_persons_own_secrets_are_all_that_a_release_uses() -> None:
    values = {**EVERYTHING, "store": {"embedded": {"enabled": True, "existingSecret": "own"}}}
    for objects in (render(EVERYTHING), render(values)):
        assert of_kind(objects, "Secret") == []
    used = {
        path.rpartition(".")[2]: text
        for pod in pods(render(EVERYTHING))
        for path, text in strings(pod.spec)
        if "secret" in path.lower()
    }
    assert set(used.values()) <= {
        "s3-keys",
        "tokens",
        "certificates",
        *(f"{k}" for k in ("access-key", "secret-key", "tls.crt", "tls.key", "ca.crt")),
    }


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_starts_workers_as_the_chart_describes_them(server: str) -> None:
    objects = render(EVERYTHING)
    pod = pod_of(objects, server)
    settings = settings_of(pod.main)
    assert settings.launcher == ("trainjob" if server == "trainer" else "kubernetes")
    assert settings.namespace == NAMESPACE
    assert settings.owner == pod.source["metadata"]["name"]
    (mount,) = (m for m in pod.main["volumeMounts"] if str(settings.pod_template_file).startswith(m["mountPath"] + "/"))
    (volume,) = (v for v in pod.spec["volumes"] if v["name"] == mount["name"])
    worker = pod_of(objects, f"{server}-worker")
    assert volume["configMap"]["name"] == worker.source["metadata"]["name"]
    assert settings.pod_template_file is not None and settings.pod_template_file.name in worker.source["data"]


@pytest.mark.parametrize("name", ["default", "external-store"])
def test_all_that_use_the_store_use_the_same_one(name: str) -> None:
    objects = render(VALUE_SETS[name])
    users = {*SERVERS, *WORKERS, "dask-worker", "inference"}
    stores = {
        component: settings_of(pod_of(objects, component).main).store for component in WORKLOADS if component in users
    }
    assert len(set(stores.values())) == 1 and next(iter(stores.values())).startswith("s3://")
    for component in set(WORKLOADS) - users - {"store"} & {pod.component for pod in pods(objects)}:
        settings = settings_of(pod_of(objects, component).main)
        assert settings.store == "" and settings.store_access_key_file is None, component


def test_the_sandbox_is_given_nothing_worth_taking() -> None:
    pod = pod_of(render(EVERYTHING), "sandbox")
    # Its certificate is its own: the key of the servers would let a program that breaks out speak as one of them.
    mounted = [volume for volume in pod.spec["volumes"] if "emptyDir" not in volume]
    assert [volume["secret"]["secretName"] for volume in mounted] == [EVERYTHING["tls"]["sandboxSecret"]]
    settings = settings_of(pod.main)
    assert (settings.auth_token_file, settings.store, settings.services) == (None, "", "")
    assert [volume for volume in pod_of(render(), "sandbox").spec["volumes"] if "emptyDir" not in volume] == []


def test_addresses_that_pods_are_told_are_services_of_the_release() -> None:
    objects = render(release="mine")
    known = {(s["metadata"]["name"], port["port"]) for s in of_kind(objects, "Service") for port in s["spec"]["ports"]}
    told = []
    for pod in pods(objects):
        if pod.component == "store":
            continue
        settings = settings_of(pod.main)
        told += [settings.dask_scheduler.removeprefix("tcp://"), settings.sandbox_endpoint, settings.inference_endpoint]
        told += [entry.partition("=")[2] for entry in settings.services.split(",")]
        told += [settings.store.partition("endpoint=http://")[2].partition("&")[0]]
    told = [address for address in told if address]
    assert len(told) > 10
    assert {(host, int(port)) for host, _, port in (address.partition(":") for address in told)} <= known


def test_what_listens_does_so_on_the_port_that_the_container_names() -> None:
    fields = {
        "grpc": "listen",
        "dask": "listen",
        "health": "health_listen",
        "http": "http_listen",
        "metrics": "metrics_listen",
    }
    for pod in pods(render()):
        if pod.component in ("store", "test"):
            continue
        settings = settings_of(pod.main)
        for port in pod.main["ports"]:
            assert getattr(settings, fields[port["name"]]) == f"0.0.0.0:{port['containerPort']}", (pod, port)
