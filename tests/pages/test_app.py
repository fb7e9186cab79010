"""The app around the views: who may call what, language in place, nothing left untranslated."""

import asyncio
import importlib
import re
from pathlib import Path

import pytest
from traitlets import Unicode

from carekit import pages, words
from carekit.errors import BadInput
from carekit.pages.app import APPS, BEHIND, App, view_from_environment
from carekit.pages.app import VIEWS as PLACES
from carekit.pages.kit import Page, Session
from carekit.pages.kit import page as kit_page
from carekit.store import add_user, open_store, rules, set_password
from tests.pages.conftest import message

HAN = re.compile(r"[\u4e00-\u9fff]")
# Keys whose values the view compares and nobody reads.
MACHINE = {
    "key",
    "sorted",
    "value",
    "act",
    "id",
    "code",
    "look",
    "kind",
    "sign",
    "filter",
    "token",
    "turn",
    "cleared",
}
PLAIN = {
    "tab",
    "opened",
    "language",
    "template",
    "step",
    "person",
    "branch",
}  # data, or compared by the view


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
        "schools": ["name"],
        "terms": ["name"],
        "outings": ["title", "destination"],
    }
    texts = {
        text
        for table, names in columns.items()
        for name in names
        for text in read(filled, table)[name].dropna()
    }
    return sorted(texts | {"li.na"}, key=len, reverse=True)


def without(text, data):
    for part in data:
        text = text.replace(part, "")
    return text


def check_languages(app, send, data):
    """Switch to and fro; every text is in the language, and none is a bare code."""
    page = app.shown
    english = said(page)
    send(app, "set_language", "zh")
    chinese = said(page)
    send(app, "set_language", "en")
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


VIEWS = [*APPS["coordinator"], *BEHIND, "account"]


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_an_empty_store_is_said_in_every_language(view, empty, open_app, send):
    app = open_app(empty, view=view)
    app.show(view)
    assert app.shown.heading["title"]
    check_languages(app, send, ["li.na"])


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_a_filled_store_is_said_in_every_language(view, filled, open_app, send, data):
    app = open_app(filled, view=view)
    app.show(view)
    check_languages(app, send, data)


def test_every_app_is_for_somebody_and_every_view_is_found():
    given = {role: rules.deeds(role) for role in rules.roles()}
    assert {deed for deeds in given.values() for deed in deeds if deed.startswith("app_")} == {
        f"app_{name}" for name in APPS
    }
    assert {deed for deeds in given.values() for deed in deeds if deed.startswith("view_")} == {
        f"view_{name}" for name in PLACES if name not in BEHIND
    }
    shown = {view for views in APPS.values() for view in views}
    assert shown | BEHIND.keys() | {"account"} == PLACES.keys()
    assert set(BEHIND.values()) <= shown
    for place in PLACES.values():
        module, kind = place.split(":")
        page = getattr(importlib.import_module(module), kind)
        assert issubclass(page, Page)
        assert Path(page.template_file[0]).with_name(page.template_file[1]).is_file()
    assert [name for name, place in PLACES.items() if page_of(place).view != name] == []


def page_of(place):
    module, kind = place.split(":")
    return getattr(importlib.import_module(module), kind)


def test_only_languages_of_ours_are_taken(empty, open_app, send):
    app = open_app(empty)
    message(app, {"event": "set_language", "data": "xx"})
    assert (app.language, app.shown.language) == ("en", "en")


def test_another_view_keeps_the_language_and_views_name_themselves(filled, open_app, send):
    app = open_app(filled, view="today")
    send(app, "set_language", "zh")
    send(app, "open_view", "outings")
    assert (app.here, app.shown.view, app.shown.language) == ("outings", "outings", "zh")
    assert [view["id"] for view in app.views if view["here"]] == ["outings"]
    assert all(HAN.search(view["text"]) for view in app.views)
    send(app, "set_language", "en")
    assert not any(HAN.search(view["text"]) for view in app.views)
    send(app, "open_view", "today")
    assert (app.shown.view, app.shown.language) == ("today", "en")


def test_a_view_that_is_not_of_the_app_is_not_opened(filled, open_app, send):
    app = open_app(filled, view="outings", app="planner")
    first = app.shown
    for view in ("__class__", "register", "mine", "today"):
        send(app, "open_view", view)
        assert app.shown is first
    assert open_app(filled, view="register", app="planner").here == "outings"


def test_the_address_names_a_view(monkeypatch):
    monkeypatch.setenv("QUERY_STRING", "view=register&x=1")
    assert view_from_environment() == "register"
    monkeypatch.delenv("QUERY_STRING")
    assert view_from_environment() == ""


def test_the_header_shows_branch_and_person(filled, open_app):
    app = open_app(filled)
    assert app.branch
    assert app.person == "li.na"


def test_an_unknown_app_or_user_is_refused(filled):
    with pytest.raises(BadInput, match="app_unknown"):
        App("director", Session(str(filled), "li.na"))
    app = App("coordinator", Session(str(filled), "nobody", "zh"))
    app.start()
    assert app.shown is None
    assert app.message == words.say("user_unknown", "zh", user="nobody")


SCOPES = {"helper": "H00001", "class_teacher": "K0001"}


@pytest.mark.parametrize("role", rules.roles())
def test_everybody_gets_the_own_views_and_every_one_of_them_opens(filled, role, send):
    with open_store(filled, actor="li.na") as store:
        add_user(store, "wu.ming", "吴明", None, role, SCOPES.get(role))
    app = App(rules.app(role), Session(str(filled), "wu.ming", "zh"))
    app.start()
    assert app.message == ""
    assert (app.person, app.branch) == ("吴明", "示例县志愿服务队")
    own = [deed[5:] for deed in rules.deeds(role) if deed.startswith("view_")]
    first = [view["id"] for view in app.views if "under" not in view]
    behind = {view["id"] for view in app.views if "under" in view}
    assert first == [v for v in own if v in APPS[rules.app(role)]]
    assert behind == ({"leaving"} if "matching" in own else set())
    nothing_yet = app.shown.notice.get("text") == words.say("no_view_yet", "zh")
    assert nothing_yet == (app.views == [])
    for view in own:
        app.show(view)
        assert (app.here, app.shown.heading["title"] != "") == (view, True)
    for view in set(PLACES) - set(own) - behind:
        send(app, "open_view", view)
        assert app.here == own[-1]


@pytest.mark.parametrize(
    ("role", "app", "allowed"),
    [
        ("helper", "coordinator", False),
        ("helper", "planner", False),
        ("helper", "helper", True),
        ("planner", "coordinator", False),
        ("planner", "planner", True),
        ("planner", "helper", False),
        ("coordinator", "helper", False),
        ("coordinator", "planner", True),
        ("administrator", "coordinator", True),
        ("administrator", "planner", True),
        ("administrator", "helper", False),
        ("class_teacher", "planner", False),
        ("class_teacher", "helper", False),
        ("analyst", "planner", False),
        ("county_officer", "helper", False),
    ],
)
def test_an_app_opens_to_its_role_only(filled, role, app, allowed):
    with open_store(filled, actor="li.na") as store:
        add_user(store, "wu.ming", "吴明", None, role, SCOPES.get(role))
    opened = App(app, Session(str(filled), "wu.ming"))
    opened.start()
    assert (opened.shown is not None) == allowed
    assert (opened.message == words.say("app_not_yours", "en")) != allowed


def test_the_password_is_changed_only_with_the_old_one(filled, open_app, send):
    with open_store(filled, actor="li.na") as store:
        set_password(store, "li.na", "old bamboo river 7")
        app = open_app(filled)
        app.show("account")
        typed = {"password_now": "wrong bamboo 7", "password_new": "new bamboo river 8"}
        typed["password_again"] = typed["password_new"]
        assert send(app.shown, "change_password", typed)["kind"] == "error"
        typed["password_now"] = "old bamboo river 7"
        other = typed | {"password_again": "new bamboo river 9"}
        assert send(app.shown, "change_password", other)["kind"] == "error"
        assert store.verify("li.na", "old bamboo river 7")
        asked = []
        app.shown.send = asked.append
        assert send(app.shown, "change_password", typed)["kind"] == "success"
        assert asked == [{"method": "end_others", "args": []}]
        assert send(app.shown, "others_ended", True)["kind"] == "success"
        assert send(app.shown, "others_ended", "?")["kind"] == "error"
        assert store.verify("li.na", "new bamboo river 8")
        assert "bamboo" not in str(app.shown.get_state())


# -- the browser is not trusted ------------------------------------------------------------------


def update(widget, **state):
    data = {"method": "update", "state": state, "buffer_paths": []}
    widget._handle_msg({"content": {"data": data}, "buffers": []})


def custom(widget, **content):
    data = {"method": "custom", "content": content}
    widget._handle_msg({"content": {"data": data}, "buffers": []})


def test_the_browser_cannot_set_what_is_not_writable(filled, open_app):
    app = open_app(filled)
    before = app.shown.get_state()
    update(app.shown, step="publish", published={"text": "x"}, language="zh", person="x", steps=[])
    update(app.shown, template="IPY_MODEL_x", confirm={"token": "x"}, nonsense=1, events=[])
    assert app.shown.get_state() == before
    view = app.shown
    update(app, shown=None, template="<b>x</b>")
    assert app.shown is view


def test_the_browser_can_set_what_is_writable_and_nothing_else(empty):
    class Small(Page):
        template = "<div></div>"
        template_file = (str(Path(pages.__file__).parent / "app.py"), "app.vue")
        typed = Unicode().tag(sync=True, writable=True)
        ours = Unicode().tag(sync=True)

    page = Small(Session(str(empty), "li.na"))
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
    before = app.shown.get_state()
    custom(app.shown, **content)
    custom(app, **content)
    assert app.shown.get_state() == before


NONSENSE = [None, 7, "x", [1], {"sheet": {}}, {"id": 1, "page": "x"}, {"key": []}, {"query": {}}]


@pytest.mark.parametrize("view", VIEWS)
def test_nonsense_in_an_event_never_gets_out_of_the_page_nor_into_the_store(
    view, filled, here, open_app, send
):
    app = open_app(filled, view=view)
    app.show(view)
    page = app.shown
    events = [event for event in page.events if event not in ("propose", "publish")]
    assert len(events) >= 10
    steps = page.store.newest()
    for event in events:
        for data in NONSENSE:
            send(page, "close_notice")
            told = send(page, event, data).get("text", "")
            assert "Traceback" not in told and "Error" not in told, (event, data)
            assert not told or event not in ("open_row", "act", "ask_table", "type"), (event, data)
    assert page.store.newest() == steps


def test_a_fault_of_ours_is_told_as_a_reference_and_logged_without_a_name(
    filled, open_app, send, monkeypatch, caplog
):
    page = open_app(filled).shown

    def broken(step):
        raise ValueError("王思远")

    monkeypatch.setattr(page, "vue_answer", broken)
    notice = send(page, "answer", True)
    assert notice["kind"] == "error"
    reference = re.search(r"[0-9a-f]{6}", notice["text"])[0]
    assert "王思远" not in notice["text"] + caplog.text
    assert reference in caplog.text or not caplog.text


def test_no_view_puts_a_text_into_the_page_as_markup():
    views = sorted(Path(pages.__file__).parent.rglob("*.vue"))
    assert len(views) > 3
    assert [view.name for view in views if "v-html" in view.read_text("utf-8")] == []


def test_a_cancelled_step_is_told(filled, open_app, monkeypatch):
    page = open_app(filled).shown

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
