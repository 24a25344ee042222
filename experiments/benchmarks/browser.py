"""A headless Chromium that sees the MLflow page as a user does, and asks no other machine.

Playwright (extra ``anolyte[ui-test]``) drives the Chromium of the system and downloads none.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..tracking.page import HOST

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright, Route

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Not even Chromium's own services find another machine.
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}",
)
# What MLflow's page remembers of a user who has closed its chat panel, which opens by itself
# the first time, and its news of the registry.
_SEEN = {
    "mlflow.assistant.fab.autoOpenedOnFirstLoad_v1": "true",
    "mlflow.assistant.panelOpen_v1": "false",
    "_mlflow_model_registry_promo_modal_dismissed_v1": "true",
}
# MLflow loads its pages piece by piece, slowly on a busy machine.
PATIENCE_MS = 60_000


def missing() -> str:
    """Return what is missing to drive a browser; "" if nothing is."""
    if find_spec("playwright") is None:
        return "Playwright is missing: pip install 'anolyte[ui-test]'"
    if _executable() is None:
        return "Chromium is missing: apt-get install chromium"
    return ""


def _executable() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium and stop it when the block ends."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser


@contextmanager
def launched(playwright: Playwright, *further: str) -> Iterator[Browser]:
    """Start Chromium with further arguments, by a Playwright that runs already."""
    browser = playwright.chromium.launch(executable_path=_executable(), args=[*ARGUMENTS, *further])
    try:
        yield browser
    finally:
        browser.close()


def visitor(browser: Browser, width: int = 1280, height: int = 800) -> BrowserContext:
    """Return a fresh user's view of the page, which is kept from asking other machines."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="en-GB", timezone_id="UTC"
    )
    context.set_default_timeout(PATIENCE_MS)
    entries = "".join(f"localStorage.setItem('{key}', '{text}');" for key, text in _SEEN.items())
    # A frame within the page may have no storage.
    context.add_init_script(f"try {{ {entries} }} catch {{ }}")
    context.route("**/*", _only_here)
    return context


def _only_here(route: Route) -> None:
    if is_here(route.request.url):
        route.continue_()
    else:
        route.abort()


def is_here(url: str) -> bool:
    """Return whether an address is on this machine, or none at all (``data:``, ``blob:``)."""
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about") or parts.hostname == HOST


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
