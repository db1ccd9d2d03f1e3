"""`codekiln clean redact|explain|duplicates|preview`: files and folders, without any server."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codekiln.cleaning.spec import NEAR_DUPLICATES
from codekiln.cleaning.standalone.files import named, path_in_repository
from codekiln.cleaning.standalone.running import run
from codekiln.core.errors import InvalidArgument

if TYPE_CHECKING:
    from codekiln.cleaning.contamination.problems import BenchmarkText, Problems

_PATHS = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
_PROFILE = click.option(
    "--profile", type=click.Choice([*NEAR_DUPLICATES]), default="code", show_default=True, help="What the files are."
)
_SET = click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="A rule to try; repeatable.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_RECIPE = click.option("--recipe", type=click.Path(path_type=Path), help="Rules from the `cleaning` of this recipe.")


def _json(what: str) -> Callable[[Any], Any]:
    return click.option("--json", "as_json", is_flag=True, help=f"{what} instead of text.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """What cleaning does, tried on files and folders."""


@main.command()
@_PATHS
@_json("One JSON line a file")
@click.option("--repository", default="", help="Equal values have equal substitutes within a repository of this name.")
@click.option("--also", multiple=True, help="Replace these too: phone, name. Repeatable.")
@click.option("--in-place", is_flag=True, help="Rewrite the files. Without it nothing is changed.")
@_PROFILE
def redact(
    paths: tuple[str, ...], as_json: bool, repository: str, also: tuple[str, ...], in_place: bool, profile: str
) -> None:
    """Find personal data and secrets, and what would stand in their place.

    With --json a line has the file's new text, and spans whose offsets count bytes of the file as it was.

    \b
    codekiln clean redact src/ .env
    codekiln clean redact --in-place --repository team/app src/
    """
    from codekiln.cleaning import redact as replace
    from codekiln.core.language import detect

    for path, _ in named(paths):
        data = path.read_bytes()
        language = detect(str(path), data).language
        new, spans = replace(data, repository, language=language, also=also, profile=profile)
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
@_json("One JSON line a file")
@_PROFILE
@_SET
@_RECIPE
@click.option("--license", "licenses", multiple=True, help="SPDX expression of the files' repository; repeatable.")
@click.option(
    "--benchmark", "benchmarks", multiple=True, type=_FILE, help="A file of problems, plain or gzip; repeatable."
)
def explain(
    paths: tuple[str, ...],
    as_json: bool,
    profile: str,
    settings: tuple[str, ...],
    recipe: Path | None,
    licenses: tuple[str, ...],
    benchmarks: tuple[Path, ...],
) -> None:
    """Say of each file what every step decides and why, with what it measures beside what it lets pass.

    After a drop the others judge the file all the same.

    \b
    codekiln clean explain src/app.py
    codekiln clean explain --set max_line_length=200 --license MIT --benchmark HumanEval.jsonl.gz src/app.py
    codekiln clean explain --profile text judgments/
    codekiln clean explain --json src/ | jq 'select(.keep | not)'
    """
    from codekiln.cleaning.standalone.judging import explain as decisions
    from codekiln.cleaning.standalone.rules import read_rules
    from codekiln.cleaning.standalone.telling import told, verdict_of

    asked = () if profile == "code" else (f"profile={profile}",)
    rules, problems = read_rules((*asked, *settings), recipe), _problems(benchmarks)
    for path, name in named(paths):
        shown, data = path_in_repository(path, name), path.read_bytes()
        steps = list(decisions(shown, data, rules=rules, licenses=licenses or None, problems=problems))
        verdict = verdict_of(steps)
        if as_json:
            print(json.dumps({"path": str(path), **asdict(verdict), "steps": [asdict(step) for step in steps]}))
        else:
            print(told(str(path), verdict, steps))


@main.command()
@click.argument("source", metavar="CORPUS|FOLDER")
@_json("One JSON object")
@_SET
@_RECIPE
@click.option("--against", multiple=True, metavar="FIELD=VALUE", help="What to compare with; the defaults without it.")
@click.option("--files", default=2000, show_default=True, type=click.IntRange(1, 200_000), help="Size of the sample.")
@click.option("--seed", default=0, show_default=True, help="Another seed is another sample.")
@click.option(
    "--benchmark", "benchmarks", multiple=True, type=_FILE, help="A file of problems, plain or gzip; repeatable."
)
def preview(
    source: str,
    as_json: bool,
    settings: tuple[str, ...],
    recipe: Path | None,
    against: tuple[str, ...],
    files: int,
    seed: int,
    benchmarks: tuple[Path, ...],
) -> None:
    """Try rules on a sample of a corpus or folder, in seconds: what they would keep and drop, beside the default rules.

    A corpus is read from the store that the settings name. A sample cannot tell duplicates, so they are not looked
    for; of a folder the licence is not judged.

    \b
    codekiln clean preview demo/corpus
    codekiln clean preview demo/corpus --set max_line_length=500 --set min_alphabetic_share=0.4
    codekiln clean preview src/ --recipe recipes/demo.yaml --against max_line_length=200 --json
    """
    from codekiln.cleaning.standalone.judging import LICENCE
    from codekiln.cleaning.standalone.preview import as_text, summarize
    from codekiln.cleaning.standalone.rules import read_rules
    from codekiln.cleaning.standalone.sample import from_folder, from_name
    from codekiln.cleaning.standalone.trial import Trial, try_files

    after, before = read_rules(settings, recipe), read_rules(against)
    folder = Path(source).is_dir()
    drawn = from_folder(Path(source), files, seed) if folder else from_name(source, files, seed)
    trial = Trial(before, after, tuple(map(_benchmark, benchmarks)), (LICENCE,) if folder else ())
    steps, tried = try_files(trial, drawn.documents)
    found = summarize(drawn, steps, tried, before, after)
    print(json.dumps(found) if as_json else as_text(found))


@main.command()
@_PATHS
@_json("One JSON line a cluster")
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
    files = [path for path, _ in named(paths)]
    for cluster in clusters((path.read_bytes() for path in files), threshold=threshold, profile=profile):
        survivor, members = str(files[cluster.survivor]), [str(files[item]) for item in cluster.members]
        if as_json:
            line = {"kind": cluster.kind, "survivor": survivor, "members": members}
            print(json.dumps({**line, "similarities": [round(value, 4) for value in cluster.similarities]}))
            continue
        print(f"{cluster.kind}: {survivor} stays")
        for member, similarity in zip(members, cluster.similarities, strict=True):
            if member != survivor:
                print(f"  {member}  {similarity:.2f}")


@main.command()
@click.argument("entries", nargs=-1, metavar="REPOSITORY...")
@click.option(
    "--hash", "hashes", multiple=True, metavar="HASH", help="blob:... or sha256:... of a content; repeatable."
)
@_json("One JSON line an artifact")
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


def _benchmark(path: Path) -> BenchmarkText:
    from codekiln.cleaning.contamination.problems import BenchmarkText
    from codekiln.core.problems import parse_problems, to_lines

    return BenchmarkText(path.name, to_lines(parse_problems(path.read_bytes(), str(path))))


def _problems(paths: tuple[Path, ...]) -> Problems | None:
    from codekiln.cleaning.contamination.problems import read_problems

    return read_problems(map(_benchmark, paths)) if paths else None


if __name__ == "__main__":
    sys.exit(run(main, "codekiln clean"))
