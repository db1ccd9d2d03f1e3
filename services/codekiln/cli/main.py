"""`codekiln`: the root command, and how errors are told."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from codekiln import __version__
from codekiln.cli import cleaning, connecting, doctor, inspecting, running, serving, stages, up
from codekiln.core.errors import CodekilnError, FailedPrecondition, InvalidArgument

_HELP = """Train, judge and serve a code model of your own.

\b
From nothing to a served model, on this machine:
  codekiln run recipes/demo.yaml      all stages, one after the other; again: goes on where it stopped
  codekiln serve demo/model           serve the model it made
  codekiln complete "def fib(n):"     ask it (in another terminal)

\b
The same on a cluster where the chart is installed:
  codekiln connect                    then the commands above, in another terminal

\b
Look around:
  codekiln jobs                       what runs and what ran
  codekiln artifacts                  what was made
  codekiln lineage demo/model         from a model back to the licences of its training files
  codekiln optout acme/widgets        what holds a withdrawn repository, and what was made from it
  codekiln doctor                     what is missing here, and how to get it

Every command has --help with examples. Results go to stdout, everything else to stderr.
"""


class _Root(click.Group):
    """Keeps the commands in the order in which they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_Root, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="codekiln")
def root() -> None:
    pass


for command in (
    up.up, up.down, connecting.connect, running.run, stages.ingest, cleaning.clean, cleaning.report, stages.tokenizer,
    stages.train, stages.evaluate, serving.serve, serving.complete, serving.infill, inspecting.jobs,
    inspecting.artifacts, inspecting.lineage, inspecting.optout, doctor.doctor,
):  # fmt: skip
    root.add_command(command)


def main() -> None:
    """Exit status 0: done; 1: failed; 2: wrong use; 130: interrupted."""
    try:
        result: Any = root.main(standalone_mode=False)
        sys.exit(result if isinstance(result, int) else 0)
    except click.exceptions.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CodekilnError as error:
        tell(error)
        sys.exit(2 if isinstance(error, InvalidArgument) else 1)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        tell(FailedPrecondition(f"{where}{error.strerror or error}", reason="SYSTEM_ERROR"))
        sys.exit(1)


def tell(error: CodekilnError) -> None:
    """One sentence for people on stderr; with --json anywhere, the same for machines on stdout."""
    if "--json" in sys.argv:
        print(json.dumps({"error": error.to_json()}))
    violations = error.violations if isinstance(error, InvalidArgument) else []
    click.echo(f"error: {error.message}", err=True)
    if len(violations) > 1:
        for violation in violations:
            click.echo(f"  {violation.field}: {violation.description}", err=True)


if __name__ == "__main__":
    main()
