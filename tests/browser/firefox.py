"""A stock Firefox, driven over WebDriver BiDi (W3C), which it speaks itself on a WebSocket of this machine.

Playwright's `page` for stock Firefox needs commands that Firefox ESR does not have, so `Page` here has the few of its
methods that `FigureOnPage` calls.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import websocket

CLOSED = 1  # a port of this machine on which nothing listens
PREFERENCES = {  # Firefox itself switches its updates and reports off when it is driven (remote.prefs.recommended)
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": CLOSED,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": CLOSED,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "network.proxy.failover_direct": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
KEYS = {"End": "\ue010", "Home": "\ue011", "ArrowLeft": "\ue012", "ArrowRight": "\ue014"}
EVENTS = ["log.entryAdded", "network.beforeRequestSent", "network.fetchError", "network.responseCompleted"]


class Firefox:
    """A headless Firefox with a fresh profile, which can reach nothing but this machine."""

    def __init__(self, program: Path):
        self.profile = tempfile.TemporaryDirectory(prefix="likely-firefox-", ignore_cleanup_errors=True)
        self.requests: list[str] = []
        self.problems: list[str] = []
        self._socket, self._calls = None, 0
        folder = Path(self.profile.name)
        lines = [f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in PREFERENCES.items()]
        (folder / "user.js").write_text("".join(lines), encoding="utf-8")
        command = [str(program), "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0"]
        if os.name == "nt":
            command.append("--wait-for-browser")  # else the program that was started ends at once
        log = folder / "output.txt"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "MOZ_CRASHREPORTER_DISABLE": "1"},
            )
        try:
            address = self._listening(log) + "/session"
            self._socket = websocket.create_connection(address, timeout=30, suppress_origin=True)
            self.send("session.new", capabilities={})
            self.send("session.subscribe", events=EVENTS)
        except BaseException:
            self.close()
            raise

    def _listening(self, log: Path, seconds: float = 60) -> str:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)\s", log.read_text("utf-8", "replace")):
                return found[1]
            time.sleep(0.05)
        raise AssertionError(f"Firefox did not offer WebDriver BiDi:\n{log.read_text('utf-8', 'replace')[-3000:]}")

    def send(self, method: str, **parameters) -> dict:
        """A command's answer; events that arrive before it are noted."""
        self._calls += 1
        self._socket.send(json.dumps(dict(id=self._calls, method=method, params=parameters)))
        while True:
            message = json.loads(self._socket.recv())
            if message["type"] == "event":
                self._note(message["method"], message["params"])
            elif message["id"] == self._calls:
                assert message["type"] == "success", f"{method}: {message['error']}: {message['message']}"
                return message["result"]

    def _note(self, event: str, said: dict) -> None:
        if event == "network.beforeRequestSent":
            self.requests.append(said["request"]["url"])
        elif event == "network.fetchError":
            self.problems.append(f"{said['errorText']}: {said['request']['url']}")
        elif event == "network.responseCompleted":
            if said["response"]["status"] >= 400:
                self.problems.append(f"{said['response']['status']}: {said['response']['url']}")
        elif said["level"] in ("error", "warn"):
            self.problems.append(f"{said['type']} {said['level']}: {said['text']}")

    @property
    def outside(self) -> list[str]:
        """Addresses beyond this machine that were asked for, by pages and their workers."""
        self.send("session.status")  # what happened before it has been noted after it
        return [
            url
            for url in self.requests
            if not url.startswith(("data:", "blob:")) and urlsplit(url).hostname != "127.0.0.1"
        ]

    def open(self, url: str, *, background: bool = False) -> Page:
        """A page in a new tab."""
        context = self.send("browsingContext.create", type="tab", background=background)["context"]
        self.send("browsingContext.setViewport", context=context, viewport=dict(width=1280, height=900))
        self.send("browsingContext.navigate", context=context, url=url, wait="complete")
        return Page(self, context)

    def close(self) -> None:
        try:
            if self._socket:
                self.send("browser.close")
                self._socket.close()
                self.process.wait(15)
        except (OSError, AssertionError, websocket.WebSocketException, subprocess.TimeoutExpired):
            pass  # it is ended below
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(15)
            self.profile.cleanup()


class Page:
    """Of Playwright's Page what `FigureOnPage` calls."""

    def __init__(self, firefox: Firefox, context: str):
        self.firefox, self.context = firefox, context

    def evaluate(self, function: str, argument=None):
        wrapped = f"async (text) => JSON.stringify(await ({function})(JSON.parse(text)))"
        found = self.call(wrapped, dict(type="string", value=json.dumps(argument)))
        return json.loads(found["value"]) if found["type"] == "string" else None

    def call(self, function: str, *arguments: dict) -> dict:
        answer = self.firefox.send(
            "script.callFunction",
            functionDeclaration=function,
            arguments=arguments,
            awaitPromise=True,
            target=dict(context=self.context),
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return answer["result"]

    def wait_for_function(self, function: str, arg=None, timeout: float = 20000) -> None:
        end = time.monotonic() + timeout / 1000
        while not self.evaluate(function, arg):
            assert time.monotonic() < end, f"it did not come to hold: {function} of {arg}"
            time.sleep(0.05)

    def locator(self, selector: str) -> Element:
        return Element(self, dict(type="css", value=selector))

    def perform(self, kind: str, *actions: dict) -> None:
        self.firefox.send(
            "input.performActions", context=self.context, actions=[dict(type=kind, id=kind, actions=actions)]
        )

    def press(self, key: str) -> None:
        self.perform("key", dict(type="keyDown", value=KEYS[key]), dict(type="keyUp", value=KEYS[key]))


class Element:
    """The one element that a locator finds, looked for anew at each use."""

    def __init__(self, page: Page, locator: dict, within: Element | None = None):
        self.page, self.locator, self.within = page, locator, within

    def get_by_role(self, role: str, name: str) -> Element:
        return Element(self.page, dict(type="accessibility", value=dict(role=role, name=name)), self)

    @property
    def node(self) -> dict:
        start = dict(startNodes=[self.within.node]) if self.within else {}
        found = self.page.firefox.send(
            "browsingContext.locateNodes", context=self.page.context, locator=self.locator, **start
        )["nodes"]
        assert len(found) == 1, f"{len(found)} elements are {self.locator['value']}"
        return dict(sharedId=found[0]["sharedId"])

    def focus(self) -> None:
        self.page.call("(element) => element.focus()", self.node)

    def click(self) -> None:
        node = self.node
        self.page.call("(element) => element.scrollIntoView({block: 'center', behavior: 'instant'})", node)
        self.page.perform(
            "pointer",
            dict(type="pointerMove", x=0, y=0, origin=dict(type="element", element=node)),
            dict(type="pointerDown", button=0),
            dict(type="pointerUp", button=0),
        )
