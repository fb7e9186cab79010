"""Pages without a browser: models that get messages as a browser sends them."""

import asyncio
import os
from pathlib import Path

import pytest

from carekit import tasks
from carekit.pages import long_steps
from carekit.pages.app import App
from carekit.pages.kit import Session, page
from carekit.store import create_store, open_store
from tests.stores import copied

DATA = Path(__file__).parents[2] / "data"
USER = "li.na"
DAY = "2026-03-02"


@pytest.fixture(scope="session", autouse=True)
def environment():
    """No user, password or language of the person who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [*os.environ]:
            if name.startswith("CAREKIT_"):
                patch.delenv(name)
        yield patch


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("filled") / "town.care"
    with create_store(path, actor=USER) as store:
        tasks.fill_with_sample(store)
    return path


@pytest.fixture
def filled(tmp_path, filled_file):
    return copied(filled_file, tmp_path / "filled.care")


@pytest.fixture
def empty(tmp_path):
    path = tmp_path / "empty.care"
    create_store(path, actor=USER, practice_day=DAY).close()
    return path


@pytest.fixture
def open_app():
    """An app on a store, with a view open: ``open_app(path, view="care").shown``."""

    def opened(path, language="en", view="matching", app="coordinator", user=USER):
        app = App(app, Session(str(path), user, language))
        app.start(view)
        assert app.message == ""
        return app

    return opened


@pytest.fixture
def send():
    """An event as it comes from the browser; waits until what it started is done."""

    async def sent(page, event, data, buffers):
        message(page, {"event": event, "data": data}, buffers)
        while page._running:
            await asyncio.sleep(0.01)

    def send_(page, event, data=None, *buffers):
        asyncio.run(sent(page, event, {} if data is None else data, buffers))
        return getattr(page, "notice", None)  # the app itself has none

    return send_


def message(page, content, buffers=()):
    views = [memoryview(data) for data in buffers]
    data = {"method": "custom", "content": content}
    page._handle_msg({"content": {"data": data}, "buffers": views})


@pytest.fixture
def upload(send):
    """A file dropped on the matching view."""

    def upload_(page, sheet, data, name="list.csv"):
        info = {"sheet": sheet, "name": name, "size": len(data)}
        return send(page, "upload", info, data)

    return upload_


@pytest.fixture
def here(monkeypatch):
    """Long steps in this process: the child process has tests of its own."""

    async def run(function, *args, on_progress):
        on_progress("work_starting", 0.0, 0.0)
        await asyncio.sleep(0)
        return function(lambda code, share: on_progress(code, share, 0.0), *args)

    monkeypatch.setattr(page, "run", run)


@pytest.fixture(scope="session")
def proposal(filled_file):
    """The proposal for the practice school, made once: equal stores give equal proposals."""
    with open_store(filled_file, actor=USER) as store:
        return tasks.propose(store, on=store.today())


@pytest.fixture
def proposed(filled, here, proposal, open_app, send, monkeypatch):
    """The app with a proposal on the practice school."""
    monkeypatch.setattr(long_steps, "propose", lambda *_: {"volunteer": proposal})
    app = open_app(filled)
    assert send(app.shown, "propose") == {}
    return app


@pytest.fixture
def sent_files(monkeypatch):
    """What a page sends to the browser as a file: (name, kind, bytes)."""

    def keep(page):
        files = []

        def send(content, buffers=None):
            if content.get("method") == "save":
                about = content["args"][0]
                files.append((about["name"], about["kind"], bytes(buffers[0])))

        monkeypatch.setattr(page, "send", send)
        return files

    return keep


@pytest.fixture
def read():
    """A table of a store, through a handle of its own."""

    def read_(path, table):
        with open_store(path, actor=USER) as store:
            return store.read(table)

    return read_


@pytest.fixture(scope="session")
def sheets():
    """The two spreadsheets of the data folder."""
    return {name: (DATA / f"{name}.xlsx").read_bytes() for name in ("children", "helpers")}
