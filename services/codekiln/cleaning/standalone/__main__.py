"""`codekiln clean redact|explain|duplicates`: files and folders, without any server."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from codekiln.cleaning.spec import NEAR_DUPLICATES
from codekiln.cleaning.standalone.running import run
from codekiln.core.errors import InvalidArgument, NotFound

_SKIPPED = frozenset({".git", ".hg", ".svn"})
_PATHS = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON line a file instead of text.")

_PROFILE = click.option(
    "--profile", type=click.Choice([*NEAR_DUPLICATES]), default="code", show_default=True, help="What the files are."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """What cleaning does, tried on files and folders."""


@main.command()
@_PATHS
@_JSON
@click.option("--repository", default="", help="Equal values have equal substitutes within a repository of this name.")
@click.option("--in-place", is_flag=True, help="Rewrite the files. Without it nothing is changed.")
@_PROFILE
def redact(paths: tuple[str, ...], as_json: bool, repository: str, in_place: bool, profile: str) -> None:
    """Find personal data and secrets, and what would stand in their place.

    \b
    codekiln clean redact src/ .env
    codekiln clean redact --in-place --repository team/app src/
    """
    from codekiln.cleaning import redact as replace
    from codekiln.core.language import detect

    for path in _files(paths):
        data = path.read_bytes()
        new, spans = replace(data, repository, language=detect(str(path), data).language, profile=profile)
        if in_place and new != data:
            path.write_bytes(new)
        if as_json:
            text = new.decode(errors="replace")
            print(json.dumps({"path": str(path), "text": text, "spans": [asdict(span) for span in spans]}))
            continue
        for span in spans:
            print(f"{path}:{data.count(10, 0, span.start) + 1}: {span.kind} -> {span.substitute}")


@main.command()
@_PATHS
@_JSON
@_PROFILE
def explain(paths: tuple[str, ...], as_json: bool, profile: str) -> None:
    """Say of each file what every step decides and why. After a drop the others judge the file all the same.

    \b
    codekiln clean explain src/app.py
    codekiln clean explain --profile text judgments/
    codekiln clean explain --json src/ | jq 'select(.keep | not)'
    """
    from codekiln.cleaning import judge
    from codekiln.cleaning.standalone.judging import explain as decisions

    for path in _files(paths):
        name, data = _shown(path), path.read_bytes()
        verdict = judge(name, data, profile=profile)
        steps = list(decisions(name, data, profile=profile))
        if as_json:
            print(json.dumps({"path": str(path), **asdict(verdict), "steps": [asdict(step) for step in steps]}))
            continue
        print(f"{path}: {'keep' if verdict.keep else f'drop ({verdict.step}: {verdict.reason})'}")
        for step in steps:
            why = f"{step.rule}: {step.reason}" if step.rule else step.reason
            print(f"  {step.step:<11}{step.outcome:<8}{why}".rstrip())


@main.command()
@_PATHS
@_JSON
@click.option("--threshold", type=float, help="Least Jaccard similarity; 0.7 for code, 0.8 for text; 1: equal only.")
@_PROFILE
def duplicates(paths: tuple[str, ...], as_json: bool, threshold: float | None, profile: str) -> None:
    """Find files that are equal or nearly so, and say which of each cluster would stay.

    \b
    codekiln clean duplicates src/
    codekiln clean duplicates --threshold 0.9 --json a.py b.py
    """
    from codekiln.cleaning import duplicates as clusters

    if threshold is not None and not 0.5 <= threshold <= 1:
        raise InvalidArgument(f"--threshold must be between 0.5 and 1, got {threshold:g}", reason="BAD_OPTION")
    files = list(_files(paths))
    for cluster in clusters((path.read_bytes() for path in files), threshold=threshold, profile=profile):
        survivor, members = str(files[cluster.survivor]), [str(files[item]) for item in cluster.members]
        if as_json:
            print(json.dumps({"kind": cluster.kind, "survivor": survivor, "members": members}))
            continue
        print(f"{cluster.kind}: {survivor} stays")
        for member in members:
            if member != survivor:
                print(f"  {member}")


@main.command()
@click.argument("entries", nargs=-1, metavar="REPOSITORY...")
@click.option(
    "--hash", "hashes", multiple=True, metavar="HASH", help="blob:... or sha256:... of a content; repeatable."
)
@_JSON
def optout(entries: tuple[str, ...], hashes: tuple[str, ...], as_json: bool) -> None:
    """What `codekiln optout` runs: reads the store of this machine's settings."""
    from codekiln.cleaning.withdrawn import find_withdrawn
    from codekiln.core.opt_outs import check
    from codekiln.core.settings import load_settings
    from codekiln.core.store import open_store

    wanted = (*entries, *hashes)
    if not wanted:
        raise InvalidArgument("name a repository, or a content by --hash", reason="NOTHING_NAMED")
    if violations := check(wanted, "argument"):
        raise InvalidArgument(violations=violations)
    settings = load_settings("cli")
    found = find_withdrawn(open_store(settings.store_url, settings.store_credentials()), wanted)
    for holding in found:
        through = [str(ref) for ref in holding.through]
        if as_json:
            line = {"artifact": str(holding.ref), "kind": holding.ref.kind, "files": holding.files}
            click.echo(json.dumps({**line, "through": through, "names": list(holding.names)}))
            continue
        what = f"{holding.files:,} files" if holding.files else f"made from {', '.join(through)}"
        click.echo(f"{holding.ref!s:<44}  {what}" + (f"  named {', '.join(holding.names)}" if holding.names else ""))
    if not as_json:
        told = "put these entries into `opt_outs` of the recipe and run it again" if found else "nothing here holds any"
        click.echo(told, err=True)


def _files(paths: tuple[str, ...]) -> Iterator[Path]:
    """Regular files, those of folders in order; links are not followed. Raises NotFound before any is read."""
    for path in paths:
        if not Path(path).exists():
            raise NotFound(f"there is no file or folder {path}", reason="PATH_NOT_FOUND")
    for path in paths:
        if Path(path).is_file():
            yield Path(path)
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if name not in _SKIPPED)
            found = (Path(folder, name) for name in sorted(names))
            yield from (file for file in found if file.is_file() and not file.is_symlink())


def _shown(path: Path) -> str:
    """The path as rules should see it: from the working folder, where it is below that."""
    absolute, here = path.absolute(), Path.cwd()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else path.name


if __name__ == "__main__":
    sys.exit(run(main, "codekiln clean"))
