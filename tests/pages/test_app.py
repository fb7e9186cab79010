"""The app around the views: who may call what, language in place, nothing left untranslated."""

import asyncio
import re
from pathlib import Path

import pytest
from traitlets import Unicode

from carekit import pages, words
from carekit.errors import BadInput
from carekit.pages.app import App
from carekit.pages.kit import Page, Session
from carekit.pages.kit import page as kit_page

HAN = re.compile(r"[\u4e00-\u9fff]")
# Keys whose values the view compares and nobody reads.
MACHINE = {"id", "code", "look", "kind", "sign", "filter", "token", "turn", "cleared"}
PLAIN = {"language", "template", "step", "person", "branch"}  # data, or compared by the view


def said(page):
    """Every text a page shows: its place in the traits -> the text."""
    found = {}

    def walk(place, value):
        if isinstance(value, dict):
            for key in value.keys() - MACHINE:
                walk((*place, key), value[key])
        elif isinstance(value, (list, tuple)):
            for number, part in enumerate(value):
                walk((*place, number), part)
        elif isinstance(value, str) and value.strip():
            found[place] = value

    own = page.trait_names(sync=True)
    shared = set(App.class_traits(sync=True)) - {"view"}
    for name in set(own) - shared - PLAIN:
        if not name.startswith("_"):
            walk((name,), getattr(page, name))
    return found


@pytest.fixture
def data(filled, read):
    """Everything a person typed or chose, longest first: it is the same in every language."""
    columns = {
        "children": ["name", "health", "allergies"],
        "helpers": ["name"],
        "villages": ["name"],
        "classes": ["name"],
        "outings": ["title", "destination"],
    }
    texts = {
        text
        for table, names in columns.items()
        for name in names
        for text in read(filled, table)[name].dropna()
    }
    return sorted(texts, key=len, reverse=True)


def without(text, data):
    for part in data:
        text = text.replace(part, "")
    return text


def check_languages(page, send, data):
    """Switch to and fro; every text is in the language, and none is a bare code."""
    english = said(page)
    send(page, "set_language", "zh")
    chinese = said(page)
    send(page, "set_language", "en")
    assert said(page) == english
    assert english.keys() == chinese.keys()
    codes = words.codes("en")
    for place, text in english.items():
        if place in (("words", "other_language"), ("words", "product_name")):
            continue
        own = without(text, data)
        assert not HAN.search(own), (place, text)
        if re.search("[A-Za-z]{2}", own.replace("km", "")):
            assert HAN.search(without(chinese[place], data)), (place, chinese[place])
        for language, shown in (("en", text), ("zh", chinese[place])):
            bare = shown in codes and words.say(shown, language) != shown
            assert not bare, (place, shown)
            assert "{" not in shown, (place, shown)
            assert "…" not in shown[:-1], (place, shown)


def test_an_empty_store_opens_at_the_registers_in_every_language(empty, open_app, send):
    page = open_app(empty).view
    assert page.step == "registers"
    assert [step["id"] for step in page.steps if step["open"]] == ["registers"]
    assert {count["number"] for count in page.counts} == {"0"}
    check_languages(page, send, [])


def test_a_filled_store_opens_at_the_rules_in_every_language(filled, open_app, send, data):
    page = open_app(filled).view
    assert page.step == "rules"
    assert page.counts[0]["number"] == "122"
    assert len(page.rules) == 8
    check_languages(page, send, data)


def test_a_proposal_is_said_in_every_language(proposed, send, data):
    page = proposed.view
    check_languages(page, send, data)
    send(page, "ask", {"filter": "unmatched"})
    check_languages(page, send, data)


def test_the_question_before_publishing_is_said_in_every_language(proposed, send, data):
    send(proposed.view, "ask_publish")
    check_languages(proposed.view, send, data)


def test_what_is_published_is_said_in_every_language(proposed, send, data):
    page = proposed.view
    send(page, "ask_publish")
    send(page, "publish")
    send(page, "close_notice")
    check_languages(page, send, data)
    proposed.show("outings")
    assert proposed.view.current["groups"]
    check_languages(proposed.view, send, data)


def test_an_import_is_said_in_every_language(empty, here, open_app, upload, send):
    page = open_app(empty).view
    rows = "姓名,性别,出生日期,鞋码\n李小草,女,2015-03-07,33\n王大山,猫,明天,\n"
    upload(page, "children", rows.encode())
    send(page, "close_notice")
    check_languages(page, send, ["李小草", "王大山", "猫", "明天", "鞋码"])


def test_only_languages_of_ours_are_taken(empty, open_app, send):
    page = open_app(empty).view
    send(page, "set_language", "xx")
    assert page.language == "en"


def test_another_view_keeps_the_language_and_views_name_themselves(filled, open_app, send):
    app = open_app(filled)
    send(app.view, "set_language", "zh")
    send(app.view, "open_view", "outings")
    assert type(app.view).__name__ == "Outings"
    assert app.view.language == "zh"
    assert [view["here"] for view in app.view.views] == [False, True]
    assert all(HAN.search(view["text"]) for view in app.view.views)
    send(app.view, "set_language", "en")
    assert not any(HAN.search(view["text"]) for view in app.view.views)
    send(app.view, "open_view", "matching")
    assert (type(app.view).__name__, app.view.language) == ("Matching", "en")


def test_a_view_that_is_not_there_is_not_opened(filled, open_app, send):
    app = open_app(filled)
    first = app.view
    send(first, "open_view", "__class__")
    assert app.view is first


def test_the_header_shows_branch_and_person(filled, open_app):
    app = open_app(filled)
    assert app.view.branch
    assert app.view.person == "li.na"


def test_an_unknown_app_or_user_is_refused(filled):
    with pytest.raises(BadInput, match="app_unknown"):
        App("director", Session(str(filled), "li.na"))
    app = App("coordinator", Session(str(filled), "nobody", "zh"))
    app.start()
    assert app.view is None
    assert app.message == words.say("user_unknown", "zh", user="nobody")


# -- the browser is not trusted ------------------------------------------------------------------


def update(widget, **state):
    data = {"method": "update", "state": state, "buffer_paths": []}
    widget._handle_msg({"content": {"data": data}, "buffers": []})


def custom(widget, **content):
    data = {"method": "custom", "content": content}
    widget._handle_msg({"content": {"data": data}, "buffers": []})


def test_the_browser_cannot_set_what_is_not_writable(filled, open_app):
    app = open_app(filled)
    before = app.view.get_state()
    update(app.view, step="publish", published={"text": "x"}, language="zh", person="x", steps=[])
    update(app.view, template="IPY_MODEL_x", confirm={"token": "x"}, nonsense=1, events=[])
    assert app.view.get_state() == before
    view = app.view
    update(app, view=None, template="<b>x</b>")
    assert app.view is view


def test_the_browser_can_set_what_is_writable_and_nothing_else():
    class Small(Page):
        template = "<div></div>"
        template_file = (str(Path(pages.__file__).parent / "app.py"), "app.vue")
        typed = Unicode().tag(sync=True, writable=True)
        ours = Unicode().tag(sync=True)

    page = Small(Session("", "li.na"))
    update(page, typed="a", ours="b")
    assert (page.typed, page.ours) == ("a", "")


@pytest.mark.parametrize(
    "content",
    [
        {"event": "tell", "data": "published"},
        {"event": "_load", "data": {}},
        {"event": "close", "data": {}},
        {"event": None},
        {"event": ["propose"]},
        {},
        {"create_widget": ["subprocess", "Popen"], "props": {"args": ["true"]}, "id": "x"},
        {"update_ref": {"functionRef": "close"}, "id": "x", "prop": "step"},
        {"destroy_widget": "x"},
    ],
)
def test_the_browser_calls_only_events(filled, open_app, content):
    app = open_app(filled)
    before = app.view.get_state()
    custom(app.view, **content)
    custom(app, **content)
    assert app.view.get_state() == before


@pytest.mark.parametrize("event", ["go", "ask", "upload", "undo_import", "open", "create"])
def test_nonsense_in_an_event_never_gets_out_of_the_page(proposed, send, event):
    if event in ("open", "create"):
        proposed.show("outings")
    for data in (None, 7, "x", [1], {"sheet": {}}, {"page": "x"}, {"places": []}, {"query": {}}):
        notice = send(proposed.view, event, data)
        assert "Traceback" not in notice.get("text", "")
        assert "Error" not in notice.get("text", "")


def test_a_fault_of_ours_is_told_as_a_reference_and_logged_without_a_name(
    filled, open_app, send, monkeypatch, caplog
):
    page = open_app(filled).view

    def broken(step):
        raise ValueError("王思远")

    monkeypatch.setattr(page, "vue_go", broken)
    notice = send(page, "go", "rules")
    assert notice["kind"] == "error"
    reference = re.search(r"[0-9a-f]{6}", notice["text"])[0]
    assert "王思远" not in notice["text"] + caplog.text
    assert reference in caplog.text or not caplog.text


def test_no_view_puts_a_text_into_the_page_as_markup():
    views = sorted(Path(pages.__file__).parent.rglob("*.vue"))
    assert len(views) > 3
    assert [view.name for view in views if "v-html" in view.read_text("utf-8")] == []


def test_a_cancelled_step_is_told(filled, open_app, monkeypatch):
    page = open_app(filled).view

    async def endless(function, *args, on_progress):
        on_progress("work_starting", 0.0, 0.0)
        await asyncio.Event().wait()

    monkeypatch.setattr(kit_page, "run", endless)

    async def cancel():
        custom(page, event="propose", data={})
        while not page.progress:
            await asyncio.sleep(0)
        custom(page, event="cancel", data={})
        while page._running:
            await asyncio.sleep(0)

    asyncio.run(cancel())
    assert page.notice["text"] == words.say("work_cancelled", "en")
    assert page.progress == {}
