"""A headless Chromium, controlled over the DevTools protocol, which reports what a page did."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TIMEOUT = 60.0
_QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--no-default-browser-check", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--mute-audio", "--remote-debugging-port=0",
)  # fmt: skip


def installed() -> str | None:
    """The program of a Chromium on this machine."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


class Page:
    """A tab. What it complains of and asks the network for is kept."""

    def __init__(self, connection: ClientConnection) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._connection = connection
        self._last = 0
        self._session: str | None = None
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Runtime", "Log", "Network", "Page"):
            self.do(f"{domain}.enable")

    def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command, and its result; what the page does meanwhile is noted."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._connection.send(json.dumps(message))
        while True:
            came = json.loads(self._connection.recv(TIMEOUT))
            if came.get("id") == self._last:
                assert "error" not in came, (method, came)
                result: dict[str, Any] = came["result"]
                return result
            self._note(came.get("method"), came.get("params", {}))

    def _note(self, method: str | None, told: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            self.complaints.append(str(told["exceptionDetails"]))
        elif method == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.complaints.append(str(told["entry"]))
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.complaints.append(str(told["args"]))
        elif method == "Page.javascriptDialogOpening":
            self.complaints.append(f"a dialog: {told['message']}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])

    def open(self, path: Path) -> None:
        """Open a file as a double-click does, and wait until it is there."""
        self.do("Page.navigate", url=path.as_uri())
        self.until(f"location.href === {json.dumps(path.as_uri())} && document.readyState === 'complete'")

    def get(self, expression: str) -> Any:
        """The value of an expression in the page."""
        done = self.do("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, (expression, done)
        return done["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until this is so."""
        end = time.monotonic() + TIMEOUT
        while not self.get(expression):
            assert time.monotonic() < end, f"never: {expression}"
            time.sleep(0.02)

    def type(self, selector: str, text: str) -> None:
        """Type a text into a field, replacing its content."""
        self.get(f"document.querySelector({json.dumps(selector)}).select()")
        self.do("Input.insertText", text=text)

    def drag(self, x: float, y: float, to_x: float | None = None) -> None:
        """Press at a point of the window, move, release; a click where it does not move."""
        to_x = x if to_x is None else to_x
        for what, at in (("mousePressed", x), ("mouseMoved", to_x), ("mouseReleased", to_x)):
            self.do("Input.dispatchMouseEvent", type=what, x=at, y=y, button="left", buttons=1, clickCount=1)

    def click(self, selector: str) -> None:
        """Click into the middle of an element that is in the window."""
        x, y = self.get(
            f"(box => [box.x + box.width / 2, box.y + box.height / 2])"
            f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        )
        self.drag(x, y)


@contextmanager
def browser(program: str, profile: Path) -> Iterator[Page]:
    """A tab of a browser of its own, with an empty profile."""
    arguments = [program, *_QUIET, f"--user-data-dir={profile}", "--window-size=1280,800", "about:blank"]
    with subprocess.Popen(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "HOME": str(profile), "TMPDIR": "/tmp"},  # where it has a socket, whose path has to be short
    ) as process:  # fmt: skip
        assert process.stderr is not None
        try:
            said = []
            for line in process.stderr:
                said.append(line)
                if line.startswith("DevTools listening on "):
                    with connect(line.split()[-1], max_size=None, compression=None, proxy=None) as connection:
                        yield Page(connection)
                    return
            raise AssertionError(f"{program} did not start: {''.join(said)}")
        finally:
            process.terminate()
            process.stderr.read()
