"""What `codekiln optout` runs: reads the store of this machine's settings and tells what holds withdrawn sources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

import click

from codekiln.core.errors import InvalidArgument, Violation


@click.command()
@click.argument("entries", nargs=-1, metavar="REPOSITORY...")
@click.option(
    "--hash", "hashes", multiple=True, metavar="HASH", help="blob:... or sha256:... of a content; repeatable."
)
@click.option(
    "--from",
    "lists",
    multiple=True,
    metavar="FILE",
    type=click.File("rb"),
    help="A file of entries, one a line, `#` before a comment; `-` for what is piped in. Repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON line an artifact.")
def optout(entries: tuple[str, ...], hashes: tuple[str, ...], lists: tuple[BinaryIO, ...], as_json: bool) -> None:
    """Tell what holds withdrawn sources and what was made from them: REPOSITORY, or files of one.

    \b
    codekiln optout acme/widgets
    codekiln optout 'acme/*' 'acme/gadgets:src/*' --json
    codekiln optout --hash blob:9daeafb9864cf43055ae93beb0afd6c7d144bfa4
    codekiln optout --from withdrawn.txt
    """
    from codekiln.cleaning.withdrawn import find_withdrawn
    from codekiln.core.opt_outs import check
    from codekiln.core.settings import load_settings
    from codekiln.core.store import open_store

    listed = dict(entry for file in lists for entry in _listed(file))
    wanted = (*entries, *hashes, *listed.values())
    if not wanted:
        raise InvalidArgument("name a repository, a content by --hash or a file of them by --from", reason="NO_ENTRY")
    violations = [found for text in (*entries, *hashes) for found in check([text], "argument")]
    violations += [Violation(place, found.description) for place, text in listed.items() for found in check([text], "")]
    if violations:
        raise InvalidArgument(violations=violations)
    settings = load_settings("cli")
    found = find_withdrawn(open_store(settings.store_url, settings.store_credentials()), wanted)
    for holding in found:
        through = [str(ref) for ref in holding.through]
        if as_json:
            line = {"artifact": str(holding.ref), "kind": holding.ref.kind, "files": holding.files}
            click.echo(json.dumps({**line, "through": through, "names": list(holding.names)}))
            continue
        files = f"{holding.files:,} file" + "s" * (holding.files != 1)
        what = files if holding.files else f"made from {', '.join(through)}"
        click.echo(f"{holding.ref!s:<44}  {what}" + (f"  named {', '.join(holding.names)}" if holding.names else ""))
    if not as_json:
        told = "put these entries into `opt_outs` of the recipe and run it again" if found else "nothing here holds any"
        click.echo(told, err=True)


def _listed(file: BinaryIO) -> Iterator[tuple[str, str]]:
    """Each entry with the place that it has: file and line."""
    for number, line in enumerate(file.read().decode("utf-8-sig", "replace").splitlines(), start=1):
        entry = line.strip()
        if entry and not entry.startswith("#"):
            yield f"{getattr(file, 'name', '-')}:{number}", entry
