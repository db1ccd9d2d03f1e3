"""The sandbox inside its pod, as the chart makes it, under Pod Security restricted: the wall holds there too.

The chart's sandbox alone, in a namespace of its own. Programs reach it through a port that kubectl forwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from codekiln.evaluation.sandbox.outcome import Outcome
from codekiln.evaluation.sandbox.program import Limits
from codekiln.evaluation.sandbox.remote import RemoteSandbox
from tests.cluster import kube
from tests.cluster.sandbox_pod import NAMESPACE, OUTSIDE, Watch, ended, logs, reached, rendered, said, start
from tests.evaluation.conftest import LIMITS
from tests.evaluation.material import human_eval, program
from tests.evaluation.test_attacks import ATTACKS, INNOCENT, attack, tries

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def pod(cluster: None) -> Iterator[str]:
    kube.make_namespace(NAMESPACE)
    kube.kubectl("apply", "-n", NAMESPACE, "-f", "-", stdin=rendered())
    kube.kubectl("rollout", "status", "-n", NAMESPACE, "deployment/codekiln-sandbox", "--timeout=180s")
    pods = kube.get("pods", NAMESPACE, labels="app.kubernetes.io/component=sandbox")
    yield pods[0]["metadata"]["name"]
    kube.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.fixture(scope="module")
def sandbox(pod: str) -> Iterator[RemoteSandbox]:
    with kube.forwarded(NAMESPACE, f"pod/{pod}", 7000) as port, reached(port, LIMITS) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def watch(pod: str) -> Iterator[Watch]:
    watch = Watch(pod)
    yield watch
    watch.end()


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_never_passes_and_leaves_nothing_in_the_pod(name: str, sandbox: RemoteSandbox, watch: Watch) -> None:
    before, _ = watch.look()
    assert [content for content, _ in before.values()] == ["secret"]
    verdict = sandbox.judge_one(attack(name, OUTSIDE))
    assert verdict.outcome in ATTACKS[name][1], verdict
    after, processes = watch.look()
    assert after == before
    assert_nothing_runs(processes)
    assert sandbox.judge_one(INNOCENT).outcome is Outcome.PASSED


def assert_nothing_runs(processes: list[tuple[int, int, bool]]) -> None:
    """Below the server: runners, each with two zygotes, and nothing below those."""
    for runner, parent, is_runner in processes:
        if is_runner and parent == 1:
            zygotes = below(runner, processes)
            assert len(zygotes) == 2
            assert [child for zygote in zygotes for child in below(zygote, processes)] == []
    assert any(parent == 1 and is_runner for _, parent, is_runner in processes)


def below(parent: int, processes: list[tuple[int, int, bool]]) -> list[int]:
    return [pid for pid, its_parent, _ in processes if its_parent == parent]


def test_the_benchmarks_own_solutions_all_pass_in_the_pod(sandbox: RemoteSandbox) -> None:
    verdicts = list(sandbox.judge([problem.program(problem.canonical_solution) for problem in human_eval()]))
    assert [verdict for verdict in verdicts if verdict.outcome is not Outcome.PASSED] == []


def test_its_wall_is_that_of_the_pod_and_its_programs_at_once_fit_into_the_pods_limits(
    sandbox: RemoteSandbox, pod: str
) -> None:
    spec = kube.get("pod", NAMESPACE, name=pod)["spec"]["containers"][0]["resources"]["limits"]
    assert sandbox.about()["landlock_abi"] >= 4
    assert 1 <= sandbox.programs_at_once <= int(spec["cpu"]) + 1


TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"
SEARCHES = {
    "a service account's token": tries(f"open({TOKEN!r}).read()"),
    "mounted secrets": tries("import os\nos.listdir('/etc/codekiln')"),
    "the server's environment": tries("open('/proc/1/environ').read()"),
    "the server's memory": tries("open('/proc/1/mem', 'rb')"),
    "the server's package": tries("import os\nos.listdir('/opt/codekiln')"),
    "other programs' folders": tries("import os\nos.listdir('/tmp')"),
    "names of the cluster": tries("open('/etc/resolv.conf').read()"),
}


@pytest.mark.parametrize("what", SEARCHES)
def test_a_program_in_the_pod_finds_nothing(what: str, sandbox: RemoteSandbox) -> None:
    assert sandbox.judge_one(program(SEARCHES[what])).outcome is Outcome.FAILED


def test_a_program_in_the_pod_cannot_reach_the_api_server(sandbox: RemoteSandbox) -> None:
    asks = program("import socket\nsocket.create_connection(('kubernetes.default.svc', 443), 1)\nreturn 2")
    assert sandbox.judge_one(asks).outcome in {Outcome.VIOLATION, Outcome.EXCEPTION}


ABOUT = """
import json, os, pathlib
status = dict(line.split(":", 1) for line in pathlib.Path("/proc/1/status").read_text().splitlines())
def writable(folder):
    try:
        (pathlib.Path(folder) / "x").touch()
    except OSError:
        return False
    return True
print(json.dumps({
    "uid": os.getuid(),
    "capabilities": status["CapEff"].strip(),
    "no_new_privileges": status["NoNewPrivs"].strip(),
    "seccomp": status["Seccomp"].strip(),
    "secrets": [folder for folder in ("/var/run/secrets", "/etc/codekiln") if os.path.exists(folder)],
    "writable": list(filter(writable, ("/", "/etc", "/usr", "/opt/codekiln", "/tmp", "/var/lib/codekiln"))),
    "environment": sorted(os.environ),
}))
"""


def test_the_pod_itself_holds_no_token_no_credentials_and_no_privilege(pod: str) -> None:
    about = json.loads(kube.kubectl("exec", "-n", NAMESPACE, pod, "--", "python", "-c", ABOUT))
    environment = about.pop("environment")
    assert about == {
        "uid": 65532,
        "capabilities": "0000000000000000",
        "no_new_privileges": "1",
        "seccomp": "2",
        "secrets": [],
        "writable": ["/tmp", "/var/lib/codekiln"],
    }
    assert [name for name in environment if name.startswith("CODEKILN_") and name.endswith("_FILE")] == []
    assert [name for name in environment if any(word in name for word in ("KEY", "SECRET", "TOKEN", "PASSWORD"))] == []


CALLS = """
from codekiln.core.settings import Settings
from codekiln.evaluation.sandbox.program import Program
from codekiln.evaluation.sandbox.remote import RemoteSandbox
source = "import time\\ndef f(x):\\n    time.sleep(0.5)\\n    return x + %d\\n"
test = "def check(candidate):\\n    assert candidate(1) == 2\\n"
outcomes = []
with RemoteSandbox("codekiln-sandbox:7000", Settings()) as sandbox:
    for verdict in sandbox.judge([Program(source % (i % 2), "", test, "f") for i in range(120)]):
        outcomes.append(str(verdict.outcome))
        if len(outcomes) == 20:
            print("under way", flush=True)
print(outcomes == ["failed", "passed"] * 60)
"""


def test_a_pod_that_is_deleted_in_the_middle_costs_no_verdict(pod: str) -> None:
    """Two pods behind the chart's Service, and a caller with the labels of an evaluation job, as the policies want."""
    kube.kubectl("scale", "-n", NAMESPACE, "deployment/codekiln-sandbox", "--replicas=2")
    kube.kubectl("rollout", "status", "-n", NAMESPACE, "deployment/codekiln-sandbox", "--timeout=180s")
    named = {"app.kubernetes.io/name": "codekiln", "app.kubernetes.io/instance": "codekiln"}
    labels = named | {"app.kubernetes.io/component": "evaluation-worker"}
    start(pod, "caller", ["python", "-c", CALLS], labels)
    kube.until(lambda: "under way" in logs("caller") or ended("caller"), "twenty verdicts")
    assert not ended("caller"), logs("caller")
    pods = kube.names(kube.get("pods", NAMESPACE, labels="app.kubernetes.io/component=sandbox"))
    other = next(name for name in pods if name != pod)
    kube.kubectl("delete", "pod", "-n", NAMESPACE, other, "--grace-period=1", "--wait=false")
    kube.until(lambda: ended("caller"), "the caller's end", 180)
    assert logs("caller").splitlines()[-1] == "True", logs("caller")


CONNECT = """
import os, socket
try:
    socket.create_connection((os.environ["KUBERNETES_SERVICE_HOST"], int(os.environ["KUBERNETES_SERVICE_PORT"])), 5)
    print("reached")
except OSError as error:
    print("not reached")
"""
RESOLVE = """
import socket
try:
    socket.getaddrinfo("kubernetes.default.svc", 443)
    print("resolved")
except OSError:
    print("not resolved")
"""


def test_nothing_leaves_the_pod_not_even_a_name(pod: str) -> None:
    """The same image without our labels, which no policy of ours covers, shows that there is something to reach."""
    start(pod, "free", ["sleep", "600"], {})
    kube.kubectl("wait", "-n", NAMESPACE, "pod/free", "--for=condition=Ready", "--timeout=120s")
    assert [said("free", CONNECT), said("free", RESOLVE)] == ["reached", "resolved"]
    assert [said(pod, CONNECT), said(pod, RESOLVE)] == ["not reached", "not resolved"]


def test_a_program_that_takes_all_its_memory_costs_the_pod_nothing(sandbox: RemoteSandbox, pod: str) -> None:
    """As many at once as the pod takes, each up to its limit: the pod has room for all of them."""
    keeps = "try:\n    while True: held.append(bytearray(1 << 20))\nexcept MemoryError: pass"
    greedy = program(f"import time\nheld = []\n{keeps}\ntime.sleep(1)\nreturn 2")
    with kube.forwarded(NAMESPACE, f"pod/{pod}", 7000) as port, reached(port, Limits()) as roomy:
        outcomes = {verdict.outcome for verdict in roomy.judge([greedy] * 8)}
    assert outcomes <= {Outcome.PASSED, Outcome.TIMEOUT}
    container = kube.get("pod", NAMESPACE, name=pod)["status"]["containerStatuses"][0]
    assert container["restartCount"] == 0
