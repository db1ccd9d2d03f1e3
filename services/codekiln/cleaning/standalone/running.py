"""Runs a command of this package as a process of its own, and tells errors as the command line does."""

from __future__ import annotations

import json
import sys

import click

from codekiln.core.errors import CodekilnError, InvalidArgument


def run(command: click.Command, name: str) -> int:
    """Exit status 0: done; 1: failed; 2: wrong use. With --json anywhere, an error is one JSON line on stdout too."""
    try:
        command.main(prog_name=name, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except CodekilnError as error:
        if "--json" in sys.argv:
            print(json.dumps({"error": error.to_json()}))
        click.echo(f"error: {error.message}", err=True)
        return 2 if isinstance(error, InvalidArgument) else 1
    except ModuleNotFoundError as error:
        click.echo(f"error: {error.name} is not installed: `pip install codekiln[cleaning]` brings it", err=True)
        return 1
    except OSError as error:
        click.echo(f"error: {error.filename}: {error.strerror}", err=True)
        return 1
    return 0
