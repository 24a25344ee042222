"""`anolyte ui`: open the MLflow page of the tracking store on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from .console import UriOption, tell


def ui_command(
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")
    ] = 5000,
    tracking_uri: UriOption = None,
) -> None:
    """Serve the MLflow page on 127.0.0.1 until Ctrl-C.

    Example:  anolyte ui --port 5000
    """
    import os
    import sys

    from anolyte.experiments.tracking import page_address, server_command
    from anolyte.experiments.tracking import tracking_uri as resolve

    uri = resolve(tracking_uri)
    arguments = [sys.executable, *server_command(uri, port)]
    tell(f"MLflow for {uri}, in about 15 s at {page_address(port)} (Ctrl-C stops it)")
    # Becoming the server, so that whatever stops this command stops the server.
    os.execv(sys.executable, arguments)
