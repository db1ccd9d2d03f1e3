"""serve, complete, infill: the model at work."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import click
from google.protobuf import json_format

from codekiln.cli.local import LocalServices, make_client, require_client, stopped_by_signals
from codekiln.client import Client
from codekiln.client.addresses import find_connection, local_servers
from codekiln.core.errors import FailedPrecondition
from codekiln.core.settings import Settings, load_settings
from codekiln.v1 import inference_pb2

_LOAD_SECONDS = 600.0
_SAMPLING = (
    click.option("--max-tokens", type=int, default=128, show_default=True),
    click.option("--temperature", type=float, default=0.2, show_default=True, help="0 is greedy."),
    click.option("--top-p", type=float, default=0.95, show_default=True),
    click.option("--seed", type=int, default=None, help="The same seed gives the same text."),
    click.option("--stop", multiple=True, help="Text before which to end; repeatable."),
    click.option("--json", "as_json", is_flag=True, help="One JSON line with text, finish reason and usage."),
)


def _sampled(command: Any) -> Any:
    for option in reversed(_SAMPLING):
        command = option(command)
    return command


@click.command()
@click.argument("model")
@click.option("--port", default=7105, show_default=True, help="gRPC; HTTP is the next one, metrics the one after.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the status as one JSON line once it is ready.")
def serve(model: str, port: int, host: str, as_json: bool) -> None:
    """Serve MODEL with vLLM until Ctrl-C: gRPC, and OpenAI-compatible HTTP.

    \b
    codekiln serve demo/model
    codekiln serve model:3f9a01 --port 9000

    Where `codekiln up` or `codekiln connect` runs, that inference service loads the model and this command returns.
    Starting vLLM takes most of a minute.
    """
    settings = load_settings("cli")
    if "inference" in local_servers(settings) or settings.services or find_connection(settings):
        with require_client(settings) as client:
            _load(client, model, settings, as_json)
        return
    own = LocalServices(settings, {"inference": (f"{host}:{port}", f"{host}:{port + 2}", f"{host}:{port + 1}")})
    with stopped_by_signals():
        try:
            own.start(("inference",))
            with make_client(settings, {"inference": own.records["inference"]["grpc"]}) as client:
                _load(client, model, settings, as_json)
                click.echo("Ctrl-C stops it.", err=True)
                while own.check():
                    time.sleep(0.5)
        except KeyboardInterrupt:
            click.echo("stopping", err=True)
        finally:
            own.stop()


@click.command()
@click.argument("prompt")
@_sampled
def complete(prompt: str, as_json: bool, **sampling: Any) -> None:
    """Continue PROMPT with the model that is served; `-` reads it from stdin.

    \b
    codekiln complete "def fib(n):"
    git show HEAD:app.py | head -40 | codekiln complete - --max-tokens 64
    """
    text = sys.stdin.read() if prompt == "-" else prompt
    with require_client(load_settings("cli")) as client:
        _print(client.complete(text, _message(sampling)), as_json)


@click.command()
@click.argument("prefix")
@click.argument("suffix")
@_sampled
def infill(prefix: str, suffix: str, as_json: bool, **sampling: Any) -> None:
    """Fill the gap between PREFIX and SUFFIX with the model that is served.

    \b
    codekiln infill "def add(a, b):\\n    return " "\\n"
    """
    with require_client(load_settings("cli")) as client:
        _print(client.infill(prefix.replace("\\n", "\n"), suffix.replace("\\n", "\n"), _message(sampling)), as_json)


def _load(client: Client, model: str, settings: Settings, as_json: bool) -> None:
    """Asks for the model and waits until it is ready. Raises FailedPrecondition with the reason where it is not."""
    client.load_model(model)
    start, shown = time.monotonic(), ""
    while True:
        status = client.model_status()
        if status.state == inference_pb2.MODEL_STATE_READY:
            break
        if status.state == inference_pb2.MODEL_STATE_FAILED:
            raise FailedPrecondition(status.message, reason=status.reason)
        if time.monotonic() - start > _LOAD_SECONDS:
            raise FailedPrecondition(f"{model} is not ready after {_LOAD_SECONDS:.0f} s", reason="LOAD_TIMEOUT")
        if status.message != shown:
            shown = status.message
            click.echo(f"loading      {shown}", err=True)
        time.sleep(0.3)
    cluster = find_connection(settings)
    host = client.addresses["inference"].rpartition(":")[0]
    http = cluster.http if cluster else f"{host}:{status.http_port}"
    if as_json:
        click.echo(json.dumps(json_format.MessageToDict(status, preserving_proto_field_name=True)))
        return
    click.echo(f"ready        {model} after {time.monotonic() - start:.0f} s", err=True)
    click.echo(f"gRPC         {client.addresses['inference']}")
    click.echo(f"HTTP         http://{http}/v1/completions")
    click.echo('try          codekiln complete "def fib(n):"')
    click.echo(
        f"             curl http://{http}/v1/completions -H 'content-type: application/json' "
        f"""-d '{{"model": "{model}", "prompt": "def fib(n):", "max_tokens": 48}}'"""
    )


def _message(sampling: dict[str, Any]) -> inference_pb2.Sampling:
    given = {key: value for key, value in sampling.items() if value is not None}
    return inference_pb2.Sampling(**given | {"stop": list(sampling["stop"])})


def _print(pieces: Any, as_json: bool) -> None:
    text, reason, usage = "", 0, None
    for piece in pieces:
        text += piece.text
        reason = piece.finish_reason or reason
        usage = piece.usage if piece.HasField("usage") else usage
        if not as_json:
            sys.stdout.write(piece.text)
            sys.stdout.flush()
    if as_json:
        name = inference_pb2.FinishReason.Name(reason).removeprefix("FINISH_REASON_").lower()
        counts = {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens} if usage else {}
        click.echo(json.dumps({"text": text, "finish_reason": name, "usage": counts}))
    else:
        sys.stdout.write("\n")
