"""Runs inside an image, by `python -c`, with modules as arguments: those that its processes start.

Follows every import from them through our package, wherever in a file it stands, and does it. Prints as JSON what is
installed, what of that was loaded, what failed, which modules of ours there are, what may be written, as whom and
from which commit.
"""

import ast
import importlib
import importlib.metadata
import importlib.util
import json
import os
import pkgutil
import sys
from pathlib import Path


def main(entries: list[str]) -> None:
    failed = {}
    for name, importer in sorted(closure(entries).items()):
        try:
            importlib.import_module(name)
        except Exception as error:  # reported by name: one run asks for all of them
            failed[name] = f"{importer}: {error!r}"
    installed, used = distributions()
    import codekiln

    ours = sorted(found.name for found in pkgutil.walk_packages(codekiln.__path__, "codekiln."))
    writable = [path for path in ("/", "/opt/codekiln", "/tmp", os.environ["HOME"]) if os.access(path, os.W_OK)]
    answer = {"installed": installed, "used": used, "failed": failed, "ours": ours, "writable": writable}
    print(json.dumps({**answer, "user": os.getuid(), "revision": os.environ["REVISION"]}))


def closure(entries: list[str]) -> dict[str, str]:
    """Every module that may be imported from the entries, by whom: ours are followed, those of others are not."""
    found = dict.fromkeys(entries, "entry")
    waiting = list(entries)
    while waiting:
        module = waiting.pop()
        for name in imports(module):
            if name not in found:
                found[name] = module
                if name.partition(".")[0] == "codekiln":
                    waiting.append(name)
    return found


def imports(module: str) -> set[str]:
    """What the module's text imports, functions included: workers import late."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source(module))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            if node.module.partition(".")[0] == "codekiln":
                inner = (f"{node.module}.{alias.name}" for alias in node.names)
                found |= {name for name in inner if is_module(name)}
    return found


def source(module: str) -> str:
    try:
        specification = importlib.util.find_spec(module)
    except ImportError:
        return ""
    origin = specification.origin if specification else None
    return Path(origin).read_text() if origin and origin.endswith(".py") else ""


def is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False


def distributions() -> tuple[dict[str, str], list[str]]:
    """Versions by name, and the names of those of which a module or a shared library is loaded."""
    files = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
    files |= {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "/" in line}
    loaded = {os.path.realpath(file) for file in files if file}
    installed, used = {}, []
    for distribution in importlib.metadata.distributions():
        if "_vendor" in str(distribution.locate_file("")):  # setuptools carries copies inside itself
            continue
        installed[distribution.metadata["Name"]] = distribution.version
        if any(os.path.realpath(str(distribution.locate_file(file))) in loaded for file in distribution.files or []):
            used.append(distribution.metadata["Name"])
    return installed, used


main(sys.argv[1:])
