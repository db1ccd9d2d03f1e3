#!/usr/bin/env python3
"""Scores the chart's default render with checkov: `make chart-score`. Fails under 97 % and for a skip without a reason.

checkov pins half of the world, so it has an environment of its own under .tools/, made from hash-checked requirements
at the first run. Pods that launchers make from the workers' ConfigMaps are judged as Pods: as they are, checkov cannot
see them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
CHART = ROOT / "charts" / "codekiln"
REQUIREMENTS = ROOT / "requirements" / "checkov.txt"
ENVIRONMENT = ROOT / ".tools" / "checkov"
WANTED = 0.97
WORDS_OF_A_REASON = 4


@dataclass(frozen=True)
class Score:
    """Counts of checks; a sentence for each check that failed, with its objects, and for each skip without a reason."""

    passed: int
    failed: int
    skipped: int
    failures: list[str]
    unexplained: list[str]

    @property
    def rate(self) -> float:
        return self.passed / max(self.passed + self.failed, 1)

    @property
    def is_enough(self) -> bool:
        return self.rate >= WANTED and not self.unexplained

    def __str__(self) -> str:
        lines = [f"failed       {line}" for line in self.failures]
        lines += [f"unexplained  {line}" for line in self.unexplained]
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        return "\n".join([*lines, f"checkov      {counts}: {self.rate:.1%} (wanted: {WANTED:.0%})"])


def main() -> None:
    objects = rendered(sys.argv[1:])
    score = read(checkov(objects + worker_pods(objects)))
    print(score)
    sys.exit(0 if score.is_enough else 1)


def rendered(arguments: list[str]) -> list[dict[str, Any]]:
    """The objects of `helm template`, with further arguments such as `--values FILE`."""
    helm = shutil.which("helm") or sys.exit(
        "chart-score needs helm 3 or 4 on the PATH: https://helm.sh/docs/intro/install"
    )
    command = [helm, "template", "codekiln", str(CHART), "--namespace", "kiln", "--kube-version", "1.36.0", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"the chart does not render: {done.stderr.strip()}")
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def worker_pods(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each `pod.yaml` of a ConfigMap as the Pod that a launcher makes of it."""
    pods = []
    for object_ in objects:
        if object_["kind"] == "ConfigMap" and "pod.yaml" in object_["data"]:
            template = yaml.safe_load(object_["data"]["pod.yaml"])
            template["metadata"] |= {key: object_["metadata"][key] for key in ("name", "namespace")}
            pods.append({"apiVersion": "v1", "kind": "Pod", **template})
    return pods


def checkov(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """What checkov reports of these objects, as it prints it in JSON."""
    program = install()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rendered.yaml"
        file.write_text(yaml.safe_dump_all(objects))
        options = ["--framework", "kubernetes", "--skip-download", "--compact", "--soft-fail", "--output", "json"]
        environ = {**os.environ, "LOG_LEVEL": "ERROR"}
        done = subprocess.run(
            [str(program), "--file", str(file), *options], capture_output=True, text=True, env=environ
        )
    if done.returncode != 0:
        sys.exit(f"checkov failed: {done.stderr.strip()}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def read(report: dict[str, Any]) -> Score:
    """Raises KeyError for a report that judged nothing: checkov writes another form then."""
    summary, results = report["summary"], report["results"]
    if summary["parsing_errors"]:
        sys.exit(f"checkov cannot read the render: {results['parsing_errors']}")
    by_check = Counter(check["check_id"] for check in results["failed_checks"])
    names = {check["check_id"]: check["check_name"] for check in results["failed_checks"]}
    where = {key: sorted(c["resource"] for c in results["failed_checks"] if c["check_id"] == key) for key in names}
    unexplained = [
        f"{check['check_id']} of {check['resource']}: say why in the annotation, after `=`"
        for check in results["skipped_checks"]
        if len(reason(check).split()) < WORDS_OF_A_REASON
    ]
    failures = [f"{key}: {names[key]} ({count}): {', '.join(where[key])}" for key, count in by_check.most_common()]
    return Score(summary["passed"], summary["failed"], summary["skipped"], failures, unexplained)


def reason(check: dict[str, Any]) -> str:
    """Why a check was skipped; checkov puts a sentence of its own where there is none."""
    text = check["check_result"].get("suppress_comment") or ""
    return "" if text == "No comment provided" else text


def install() -> Path:
    """The path of checkov, in an environment that fits requirements/checkov.txt."""
    wanted, stamp = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest(), ENVIRONMENT / "codekiln.stamp"
    if not stamp.exists() or stamp.read_text() != wanted:
        print("chart-score  setting up checkov, once", file=sys.stderr, flush=True)
        uv, python = Path(sys.executable).with_name("uv"), ENVIRONMENT / "bin" / "python"
        run(str(uv), "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT))
        run(str(uv), "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", str(REQUIREMENTS))
        stamp.write_text(wanted)
    return ENVIRONMENT / "bin" / "checkov"


def run(*command: str) -> None:
    done = subprocess.run(command)
    if done.returncode != 0:
        sys.exit(f"chart-score failed at: {' '.join(command)}")


if __name__ == "__main__":
    main()
