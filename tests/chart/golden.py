"""The default rendering as a file, for people who review a change and as what the next upgrade starts from.

`make golden` writes it anew. It refuses to where an upgrade from what the file has would fail: delete the file first if
that is meant, and write in the upgrade notes what a person has to do.
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from tests.chart.objects import identity
from tests.chart.rendering import LOADER, Object, render
from tests.chart.upgrades import changes

GOLDEN = Path(__file__).parent / "golden" / "default.yaml"


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as lines, so that a change in a pod template reads like one."""


def _as_lines(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _as_lines)


def written(objects: list[Object]) -> str:
    return yaml.dump_all(sorted(objects, key=identity), Dumper=_Dumper, width=1000, explicit_start=True)


def golden() -> list[Object]:
    return list(yaml.load_all(GOLDEN.read_text(), Loader=LOADER))


def main() -> None:
    objects = render()
    frozen = changes(golden(), objects) if GOLDEN.exists() else []
    if frozen:
        sys.exit("\n".join(["an upgrade from the landed chart would fail:", *frozen]))
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(written(objects))


if __name__ == "__main__":
    main()
