"""`codekiln clean redact|explain|duplicates|preview`: files and folders, without any server."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codekiln.cleaning.spec import NEAR_DUPLICATES
from codekiln.cleaning.standalone.inputs import Input, Inputs, printable
from codekiln.cleaning.standalone.optout import optout
from codekiln.cleaning.standalone.running import run
from codekiln.core.errors import InvalidArgument

if TYPE_CHECKING:
    from codekiln.cleaning.contamination.problems import BenchmarkText, Problems

_PATHS = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
_STDIN = click.option("--stdin-filename", default="", metavar="PATH", help="What `-`, standard input, is a file of.")
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
@_STDIN
@_PROFILE
def redact(
    paths: tuple[str, ...],
    as_json: bool,
    repository: str,
    also: tuple[str, ...],
    in_place: bool,
    stdin_filename: str,
    profile: str,
) -> None:
    """Find personal data and secrets, and what would stand in their place.

    With --in-place `-` is a filter: the new text goes to standard output. Files with NUL bytes are not rewritten.
    With --json a line has the file's new text, and spans whose offsets count bytes of the file as it was.

    \b
    codekiln clean redact src/ .env
    codekiln clean redact --in-place --repository team/app src/
    git diff | codekiln clean redact -
    """
    from codekiln.cleaning.standalone.rewriting import is_binary, line_of, redacted_file, rewrite

    inputs = Inputs(paths, stdin_filename)
    for file, data in inputs:
        new, text, spans = redacted_file(file.name, data, repository, also, profile)
        if in_place and new != data and is_binary(data):
            click.echo(f"{file.shown} is no text: left as it is", err=True)
        elif in_place and file.path and new != data:
            rewrite(file.path, new)
        if as_json:
            print(json.dumps({"path": file.recorded, "text": text, "spans": [asdict(span) for span in spans]}))
            continue
        if in_place and not file.path:
            sys.stdout.buffer.write(data if is_binary(data) else new)
            continue
        for span in spans:
            print(f"{file.shown}:{line_of(data, span.start)}: {span.kind} -> {printable(span.substitute)}")
    inputs.finish()


@main.command()
@_PATHS
@_json("One JSON line a file")
@_PROFILE
@_SET
@_RECIPE
@click.option("--license", "licenses", multiple=True, help="SPDX expression of the files' repository; repeatable.")
@_STDIN
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
    stdin_filename: str,
    benchmarks: tuple[Path, ...],
) -> None:
    """Say of each file what every step decides and why, with what it measures beside what it lets pass.

    After a drop the others judge the file all the same.

    \b
    codekiln clean explain src/app.py
    codekiln clean explain --set max_line_length=200 --license MIT --benchmark HumanEval.jsonl.gz src/app.py
    codekiln clean explain --profile text judgments/
    codekiln clean explain --json src/ | jq 'select(.keep | not)'
    git show HEAD:src/app.py | codekiln clean explain --stdin-filename src/app.py -
    """
    from codekiln.cleaning.standalone.judging import explain as decisions
    from codekiln.cleaning.standalone.rules import read_rules
    from codekiln.cleaning.standalone.telling import told, verdict_of

    asked = () if profile == "code" else (f"profile={profile}",)
    rules, problems = read_rules((*asked, *settings), recipe), _problems(benchmarks)
    inputs = Inputs(paths, stdin_filename)
    for file, data in inputs:
        steps = list(decisions(file.name, data, rules=rules, licenses=licenses or None, problems=problems))
        verdict = verdict_of(steps)
        if as_json:
            print(json.dumps({"path": file.recorded, **asdict(verdict), "steps": [asdict(step) for step in steps]}))
        else:
            print(told(file.shown, verdict, steps))
    inputs.finish()


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
    if Path(source).is_file():
        raise InvalidArgument(
            f"{printable(source)} is a file: name its folder, or ask `codekiln clean explain` about it",
            reason="NOT_A_FOLDER",
        )
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
    inputs = Inputs(paths)
    files: list[Input] = []
    for cluster in clusters(_noting(inputs, files), threshold=threshold, profile=profile):
        if as_json:
            members = [files[item].recorded for item in cluster.members]
            line = {"kind": cluster.kind, "survivor": files[cluster.survivor].recorded, "members": members}
            print(json.dumps({**line, "similarities": [round(value, 4) for value in cluster.similarities]}))
            continue
        print(f"{cluster.kind}: {files[cluster.survivor].shown} stays")
        for item, similarity in zip(cluster.members, cluster.similarities, strict=True):
            if item != cluster.survivor:
                print(f"  {files[item].shown}  {similarity:.2f}")
    inputs.finish()


main.add_command(optout)


def _noting(inputs: Inputs, files: list[Input]) -> Iterator[bytes]:
    for file, data in inputs:
        files.append(file)
        yield data


def _benchmark(path: Path) -> BenchmarkText:
    from codekiln.cleaning.contamination.problems import BenchmarkText
    from codekiln.core.problems import parse_problems, to_lines

    return BenchmarkText(path.name, to_lines(parse_problems(path.read_bytes(), str(path))))


def _problems(paths: tuple[Path, ...]) -> Problems | None:
    from codekiln.cleaning.contamination.problems import read_problems

    return read_problems(map(_benchmark, paths)) if paths else None


if __name__ == "__main__":
    sys.exit(run(main, "codekiln clean"))
