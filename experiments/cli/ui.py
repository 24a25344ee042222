"""`anolyte ui`: open the MLflow page of the tracking store on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from .shared.console import UriOption, tell


def ui_command(
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")
    ] = 5000,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page where there is a display.")
    ] = True,
    tracking_uri: UriOption = None,
) -> None:
    """Serve the MLflow page on 127.0.0.1 until Ctrl-C.

    Example:  anolyte ui --port 5000
    """
    from ..tracking import page_address
    from ..tracking import tracking_uri as resolve
    from ..tracking.page import newest_run_path, served

    uri = resolve(tracking_uri)
    tell(f"Starting MLflow for {uri}; that takes about 15 s (Ctrl-C stops it).")
    with served(uri, port) as server:
        try:
            newest = page_address(port, newest_run_path(uri))
            print(f"All runs:   {page_address(port)}")
            print(f"Newest run: {newest}", flush=True)
            tell("Choose 'Model training' at the top left of the page, once: MLflow keeps that.")
            if browser and _has_display():
                import webbrowser

                webbrowser.open(newest)
            server.wait()
        except KeyboardInterrupt:
            tell("Stopping MLflow.")
            return
    raise ValueError("MLflow's server ended by itself")


def _has_display() -> bool:
    import os
    import sys

    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
