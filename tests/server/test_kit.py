"""The base of every page, without a browser."""

import asyncio
import logging
import os
import pkgutil
import time
from importlib import import_module
from itertools import pairwise

import pytest
from ipyvue import VueTemplate
from traitlets import Int, Unicode

import carekit.pages
from carekit.errors import BadInput, CareError, Stale
from carekit.pages.kit import Page, Session, run
from carekit.pages.kit.page import MESSAGE_BYTES
from carekit.store import create_store
from carekit.words import say


class Small(Page):
    template_file = (__file__, "small.vue")
    shown = Unicode().tag(sync=True)
    typed = Int().tag(sync=True, writable=True)

    def vue_fail(self, fault):
        raise fault

    async def vue_later(self, fault):
        await asyncio.sleep(0)
        raise fault

    def secret(self, *_):
        self.shown = "called"


@pytest.fixture
def page(tmp_path):
    view = tmp_path / "small.vue"
    view.write_text("<template><p>{{ words.cancel }}</p></template>", encoding="utf-8")
    Small.template_file = (str(tmp_path / "here"), "small.vue")
    create_store(tmp_path / "town.care", actor="li.na").close()
    return Small(Session(store=str(tmp_path / "town.care"), user="li.na", language="zh"))


def event(page, name, data=None):
    page._handle_event(None, {"event": name, "data": data}, [])


def test_words_follow_the_language(page):
    assert page.words["cancel"] == say("cancel", "zh")
    event(page, "set_language", "en")
    assert page.words["cancel"] == say("cancel", "en")
    event(page, "set_language", "xx")
    assert page.language == "en"


def test_the_browser_sets_only_what_is_writable(page):
    page.set_state({"shown": "x", "person": "boss", "typed": 3, "template_file": "/etc/passwd"})
    assert (page.shown, page.session.user, page.typed) == ("", "li.na", 3)
    page.set_state({"typed": "no number"})
    assert page.typed == 3


def test_the_browser_calls_only_events(page):
    event(page, "secret")
    event(page, "__init__")
    page._handle_event(None, {"create_widget": ["builtins", "dict"], "props": {}, "id": "x"}, [])
    page._handle_event(None, {"update_ref": {"functionRef": "secret"}, "id": "x"}, [])
    assert page.shown == ""
    assert page._component_instances == []


def test_a_fault_of_the_person_is_its_sentence_ours_a_reference(page, caplog):
    event(page, "fail", BadInput("outing_unknown", outing="O0009"))
    assert page.notice["text"] == say("outing_unknown", "zh", outing="O0009")
    with caplog.at_level(logging.ERROR):
        event(page, "fail", ValueError("a child's name"))
    assert page.notice["kind"] == "error"
    assert "child's" not in page.notice["text"]
    assert "child's" not in caplog.text


def test_an_event_may_take_its_time(page):
    async def later():
        event(page, "later", Stale("outing_unknown", outing="O0001"))
        await asyncio.gather(*page._running)

    asyncio.run(later())
    assert page.notice["text"] == say("outing_unknown", "zh", outing="O0001")


def test_a_file_goes_out_as_bytes_and_not_beyond_the_limit(page, monkeypatch):
    sent = []
    monkeypatch.setattr(page, "send", lambda content, buffers: sent.append((content, buffers)))
    page.download("名单.csv", b"abc")
    info = {"name": "名单.csv", "kind": "text/csv"}
    assert sent == [({"method": "save", "args": [info]}, [b"abc"])]
    with pytest.raises(CareError) as refused:
        page.download("x", b"0" * (MESSAGE_BYTES + 1))
    assert refused.value.code == "upload_too_big"


def test_no_widget_of_ours_has_ipyvues_open_door():
    modules = pkgutil.walk_packages(carekit.pages.__path__, "carekit.pages.")
    found = [
        kind
        for module in modules
        for kind in vars(import_module(module.name)).values()
        if isinstance(kind, type) and issubclass(kind, VueTemplate)
        if kind.__module__.startswith("carekit")
    ]
    assert Page in found
    assert [k for k in found if k._handle_event is VueTemplate._handle_event] == []


def steps(report, count):
    for step in range(count):
        report("counting", step / count)
    return count, os.getpid()


def slow(report, path):
    while True:
        with open(path, "a") as file:  # noqa: PTH123
            file.write(".")
        time.sleep(0.02)


def fails(report, kind):
    if kind == "known":
        raise Stale("outing_unknown", outing="O0001")
    if kind == "ours":
        raise ValueError("a child's name")
    os._exit(3)


def working(function, *args):
    told = []
    answer = asyncio.run(run(function, *args, on_progress=lambda *news: told.append(news)))
    return answer, told


def test_a_long_step_runs_elsewhere_and_reports():
    (count, process), told = working(steps, 5)
    assert (count, process != os.getpid()) == (5, True)
    assert told[0][:2] == ("work_starting", 0.0)
    assert told[-1][0] in ("counting", "work_starting")


@pytest.mark.parametrize(
    ("kind", "code", "error"),
    [
        ("known", "outing_unknown", Stale),
        ("ours", "work_failed", CareError),
        ("gone", "work_died", CareError),
    ],
)
def test_what_goes_wrong_in_a_long_step_comes_back(kind, code, error, caplog):
    with pytest.raises(error) as raised:
        working(fails, kind)
    assert raised.value.code == code
    assert "child's" not in caplog.text


def test_cancelling_ends_the_process_and_progress_never_pauses(tmp_path):
    written, told = tmp_path / "written", []

    async def cancel_it():
        task = asyncio.create_task(run(slow, str(written), on_progress=lambda *n: told.append(n)))
        while len(told) < 5 or not written.exists():
            await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        size = written.stat().st_size
        await asyncio.sleep(0.2)
        return size, written.stat().st_size

    before, after = asyncio.run(cancel_it())
    assert before == after > 0
    seconds = [news[2] for news in told]
    assert max(later - sooner for sooner, later in pairwise(seconds)) < 1.0
