"""Find the browsers for the tests, or get them through Playwright: make browser ARGS=install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from likely.cli import Problem

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_FIREFOX = ("firefox", "firefox-esr")

FLAGS = (  # for a headless Chromium that keeps to itself
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_INSTALLED = {  # where installers put them on systems that do not use PATH
    "chromium": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
        r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
    ),
    "firefox": (
        "/Applications/Firefox.app/Contents/MacOS/firefox",
        r"%ProgramFiles%\Mozilla Firefox\firefox.exe",
    ),
}


def find_chromium() -> Path:
    """A Chromium or Chrome: LIKELY_CHROMIUM, else Playwright's own, else the system's."""
    return _find("chromium", "LIKELY_CHROMIUM", _CHROMIUM)


def find_firefox() -> Path:
    """A Firefox: LIKELY_FIREFOX, else Playwright's own, else the system's."""
    return _find("firefox", "LIKELY_FIREFOX", _FIREFOX)


def _find(kind: str, variable: str, names: tuple[str, ...]) -> Path:
    if named := os.environ.get(variable):
        path = Path(shutil.which(named) or named)
        if not path.is_file():
            raise Problem(f"{variable} is {named}, and there is no such program.")
        return path
    if own := playwrights(kind):
        return own
    for name in names:
        if path := shutil.which(name):
            return Path(path)
    for place in _INSTALLED[kind]:
        path = Path(os.path.expandvars(place))
        if path.is_file():
            return path
    package = "chromium" if kind == "chromium" else "firefox-esr"
    raise Problem(
        f"No {kind.capitalize()} was found for the tests in a browser. Any of these gives one:\n"
        f"    make browser ARGS=install      downloads Playwright's own\n"
        f"    sudo apt-get install {package}   (Debian; or your system's own)\n"
        f"    {variable}=/path/to/{kind}     names one that is here"
    )


def playwrights(kind: str) -> Path | None:
    """The browser that `playwright install` downloaded, newest first; None if there is none."""
    if (folder := os.environ.get("PLAYWRIGHT_BROWSERS_PATH")) and folder != "0":
        cache = Path(folder)
    elif sys.platform == "darwin":
        cache = Path.home() / "Library" / "Caches" / "ms-playwright"
    elif os.name == "nt":
        cache = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "ms-playwright"
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ms-playwright"
    programs = {
        "chromium": ("chrome-linux*/chrome", "chrome-win*/chrome.exe", "chrome-mac*/*.app/Contents/MacOS/*"),
        "firefox": ("firefox/firefox", "firefox/firefox.exe", "firefox/*.app/Contents/MacOS/firefox"),
    }[kind]

    def revision(folder: Path) -> int:
        number = folder.name.rpartition("-")[2]
        return int(number) if number.isdigit() else 0

    for folder in sorted(cache.glob(f"{kind}-*"), key=revision, reverse=True):
        for pattern in programs:
            for program in sorted(folder.glob(pattern)):
                if program.is_file():
                    return program
    return None


def install() -> None:
    """Download Playwright's own browsers."""
    print("Downloading Chromium and Firefox for the tests, through Playwright", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium", "firefox"],
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        raise Problem(
            "Playwright could not download its browsers: its server cannot be reached from here, or has no "
            "build for this system."
        )


def main(arguments: list[str]) -> None:
    if arguments == ["install"]:
        install()
    elif arguments:
        raise Problem("make browser says what is here; make browser ARGS=install downloads Playwright's own.")
    print(f"Chromium: {find_chromium()}\nFirefox:  {find_firefox()}")
