"""A branch of our own: a store, the real server on it, and a person who clicks through the view."""

import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from carekit import open_store, tables
from carekit.words import say

DATA = Path(__file__).parents[2] / "data"
DAY = "2026-03-02"
USER, PASSWORD = "chen.jing", "tall bamboo 4"
PATIENCE = 90_000  # milliseconds: a long step on a busy machine


class Server:
    """``carekit serve`` as a process of its own; everything it and its kernels say is kept."""

    def __init__(self, store, folder, **environment):
        folder.mkdir(exist_ok=True)
        own = {"HOME": folder, "TMPDIR": folder, "PYTHONUNBUFFERED": "1"}
        own |= {"JUPYTER_CONFIG_DIR": folder, "JUPYTER_DATA_DIR": folder / "data", **environment}
        inherited = {n: os.environ[n] for n in os.environ if not n.startswith("CAREKIT_")}
        self.log = folder / "server.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "carekit", "serve", store, "--port", "0"],
                cwd=folder,
                env=inherited | {name: str(value) for name, value in own.items()},
                stdout=log,
                stderr=log,
            )
        self.address = self._address()

    def _address(self):
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(r"http://[\d.:]+/", self.said()):
                return found[0]
            time.sleep(0.05)
        self.kill()
        raise AssertionError("no server: " + self.said())

    def said(self):
        return self.log.read_text(encoding="utf-8")

    def kill(self):
        """SIGKILL for the server, its kernels and their long steps, all at once."""
        everyone = []
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(self.process.pid)
            everyone = [server, *server.children(recursive=True)]
        for one in everyone:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait(60)
        psutil.wait_procs(everyone, timeout=60)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def serving(store, folder, **environment):
    server = Server(store, folder, **environment)
    try:
        yield server
    finally:
        server.stop()


class Person:
    """Real clicks on one page, in one language."""

    def __init__(self, page, language):
        from playwright.sync_api import expect

        self.page, self.language, self.expect = page, language, expect
        page.set_default_timeout(PATIENCE)

    def say(self, code, **values):
        return say(code, self.language, **values)

    def label(self, choices, code):
        return tables.label(choices, code, self.language)

    def find(self, name):
        return self.page.locator(f"[data-test={name}]")

    def click(self, name):
        self.find(name).click()

    def reads(self, name, text):
        """Wait until this place holds this text."""
        self.expect(self.find(name)).to_contain_text(text, timeout=PATIENCE)

    def sees(self, name):
        self.expect(self.find(name)).to_be_visible(timeout=PATIENCE)

    def sign_in(self, address):
        self.page.goto(address)
        self.page.locator("#user").fill(USER)
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator("#sign-in").click()
        self.sees("title")

    def upload(self, sheet, file):
        """A path, or ``(name, bytes)``."""
        if isinstance(file, tuple):
            name, data = file
            file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        self.find(f"upload-{sheet}").locator("input[type=file]").set_input_files(file)

    def kept(self, path, place, text, user=USER):
        """Wait until what was typed has reached the store."""
        end = time.monotonic() + PATIENCE / 1000
        with open_store(path, actor=user) as store:
            while text not in json.loads(store.kept(place) or "{}").get("values", {}).values():
                assert time.monotonic() < end, f"{text} was not kept"
                time.sleep(0.05)

    def download(self, name):
        """Click; gives the suggested name and the path of what was saved."""
        with self.page.expect_download(timeout=PATIENCE) as waiting:
            self.click(name)
        return waiting.value.suggested_filename, waiting.value.path()
