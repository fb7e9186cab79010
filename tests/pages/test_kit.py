"""The page kit's models: frames that know when they are old, tables, forms, questions, drafts."""

import re
from pathlib import Path

import pandas as pd
import pytest
from traitlets import Unicode

from carekit import pages, tables
from carekit.pages.kit import MESSAGE_BYTES, Column, Form, Frames, Page, Session, Table, cells
from carekit.pages.kit.form import as_typed
from carekit.pages.kit.initials import initials
from carekit.store import open_store

USER = "li.na"


class Families(Page):
    """A small view: a table of children, a form for one."""

    view = "families"
    template_file = (f"{pages.__path__[0]}/app.py", "app.vue")
    said_on = Unicode().tag(sync=True)

    def load(self):
        self.loads = getattr(self, "loads", 0) + 1
        self.table("children", listing(), self.frames.read("children"))

    def speak(self):
        self.said_on = self.say("view_register")

    def make(self, key):
        kids = self.frames.read("children").set_index("child_id", drop=False)
        return Form(
            "child",
            "children",
            ["name", "sex", "birth_date", "languages", "boarding", "village_id", "note"],
            "view_register",
            row=kids.loc[key].to_dict(),
            options={"village_id": self.villages},
        )

    def villages(self):
        known = self.frames.read("villages")
        return [(v.village_id, v.name, v.township) for v in known.itertuples()]

    def row_opened(self, table, key):
        self.open_form(self.make(key), {"child": key})

    def acted(self, table, act, key):
        self.acts = [*getattr(self, "acts", []), (table, act, key)]

    def reopen(self, form_id, context):
        return self.make(context["child"]) if form_id == "child" else None

    def saved(self, form, row, context):
        self.store.write("children", row)
        self.close_form()
        self.changed()
        self.tell("view_register")


def listing():
    columns = [
        Column("name", ("children", "name"), "name"),
        Column("born", ("children", "birth_date"), "birth_date"),
    ]
    return Table(
        columns,
        lambda row, language: {"name": cells.person(row["name"]), "born": str(row["birth_date"])},
        key="child_id",
        caption="view_register",
        searched=["name"],
        names=["name"],
        filters={
            "all": lambda frame: frame["child_id"].notna(),
            "unmatched": lambda frame: frame["boarding"].eq(True),
        },
        rows_a_page=10,
        opens=True,
    )


@pytest.fixture
def page(filled):
    return Families(Session(str(filled), USER))


def values(page):
    return {f["id"]: f["value"] for part in page.form["sections"] for f in part["fields"]}


def fields(page):
    return {f["id"]: f for part in page.form["sections"] for f in part["fields"]}


# -- frames --------------------------------------------------------------------------------------


def test_a_frame_is_read_once_until_its_table_changes(filled):
    frames = Frames(open_store(filled, actor=USER))
    children, villages = frames.read("children"), frames.read("villages")
    made = []
    count = frames.keep("count", lambda read: made.append(1) or len(read("children")))
    places = frames.keep("places", lambda read: len(read("villages")))
    assert (count, places) == (122, len(villages))
    with open_store(filled, actor=USER) as other:
        other.write("children", pd.DataFrame({"name": ["甲小一"]}))
    assert frames.read("children") is children  # nobody has looked
    frames.look()
    assert len(frames.read("children")) == 123
    assert frames.read("villages") is villages
    assert frames.keep("count", lambda read: made.append(1) or len(read("children"))) == 123
    assert frames.keep("places", lambda read: -1) == places
    assert len(made) == 2


def test_a_kept_value_made_of_kept_values_goes_when_their_tables_change(filled):
    frames = Frames(open_store(filled, actor=USER))

    def double():
        return frames.keep(
            "double",
            lambda read: 2 * frames.keep("count", lambda read: len(read("children"))),
        )

    assert double() == 244
    frames.store.write("children", pd.DataFrame({"name": ["甲小一"]}))
    frames.look()
    assert double() == 246


def test_a_failed_making_keeps_nothing(filled):
    frames = Frames(open_store(filled, actor=USER))
    with pytest.raises(ZeroDivisionError):
        frames.keep("wrong", lambda read: 1 / 0)
    assert frames.keep("wrong", lambda read: 7) == 7
    assert frames._reading == []


# -- tables --------------------------------------------------------------------------------------


def test_search_by_name_initials_and_letters_of_a_name(page):
    frame = page.frames.read("children")
    child = frame.iloc[17]
    for query in (child["name"], initials(child["name"]).split()[0], child["name"][1:]):
        page.vue_ask_table({"id": "children", "query": query})
        shown = [row["key"] for row in page.tables["children"]["rows"]]
        rest = page.tables["children"]["pages"] > 1
        assert child["child_id"] in shown or rest
        page_frame = page._tables["children"].found()
        assert child["child_id"] in set(page_frame["child_id"])
        assert len(page_frame) < len(frame)
    page.vue_ask_table({"id": "children", "query": "no such name"})
    assert page.tables["children"]["rows"] == []
    assert page.tables["children"]["empty"]


def test_every_word_of_a_search_has_to_be_there(page):
    table = listing()
    table.frame = pd.DataFrame(
        {"child_id": ["a", "b"], "name": ["Wang Wei", "Wang Li"], "boarding": [True, False]}
    )
    table.ask({"query": "wang LI"})
    assert table.found()["child_id"].tolist() == ["b"]


def test_sorting_turns_and_puts_the_unknown_last(page):
    frame = page.frames.read("children")
    page.vue_ask_table({"id": "children", "sort": "born"})
    found = page._tables["children"].found()["birth_date"]
    assert found.is_monotonic_increasing and len(found) == len(frame)
    page.vue_ask_table({"id": "children", "sort": "born"})
    assert page._tables["children"].found()["birth_date"].is_monotonic_decreasing
    assert [c["sorted"] for c in page.tables["children"]["columns"]] == ["", "down"]
    page.vue_ask_table({"id": "children", "sort": "__class__"})
    assert [c["sorted"] for c in page.tables["children"]["columns"]] == ["", "down"]


def test_paging_filters_and_counts(page):
    said = page.tables["children"]
    assert (said["page"], said["pages"], len(said["rows"])) == (1, 13, 10)
    page.vue_ask_table({"id": "children", "page": 13})
    assert len(page.tables["children"]["rows"]) == 2
    page.vue_ask_table({"id": "children", "page": 99})
    assert page.tables["children"]["page"] == 13
    boarding = int(page.frames.read("children")["boarding"].sum())
    page.vue_ask_table({"id": "children", "filter": "unmatched"})
    said = page.tables["children"]
    assert said["page"] == 1
    assert [f["here"] for f in said["filters"]] == [False, True]
    assert said["filters"][1]["count"] == str(boarding)
    assert len(page._tables["children"].found()) == boarding


def test_what_was_asked_of_a_table_outlives_a_change_of_the_store(page):
    page.vue_ask_table({"id": "children", "query": "王", "sort": "name"})
    before = [row["key"] for row in page.tables["children"]["rows"]]
    page.changed()
    assert page.tables["children"]["query"] == "王"
    assert [row["key"] for row in page.tables["children"]["rows"]] == before


def test_only_rows_that_are_there_are_opened_or_acted_upon(page):
    for key in ("C99999", "", None, {"x": 1}):
        page.vue_open_row({"table": "children", "key": key})
        page.vue_act({"table": "children", "act": "close", "key": key})
    page.vue_act({"table": "helpers", "act": "close", "key": "C00001"})
    assert page.form == {} and not hasattr(page, "acts")
    page.vue_act({"table": "children", "act": "close", "key": "C00001"})
    assert page.acts == [("children", "close", "C00001")]


def test_a_page_is_read_again_only_when_the_store_has_changed(page):
    page.refresh()
    assert page.loads == 1
    page.store.write("children", pd.DataFrame({"name": ["甲小一"]}))
    page.refresh()
    assert page.loads == 2
    assert page.tables["children"]["said"].endswith("123")


def test_every_reading_of_a_name_has_its_initials():
    assert "zxt" in initials("曾晓彤").split()
    assert initials("An Example") == "an example"


# -- forms ---------------------------------------------------------------------------------------


def test_a_form_is_the_dictionary_s(page):
    page.vue_open_row({"table": "children", "key": "C00003"})
    found = fields(page)
    assert found["name"]["required"] and not found["note"]["required"]
    assert found["birth_date"]["kind"] == "date" and found["note"]["kind"] == "long"
    assert found["languages"]["kind"] == "choices"
    codes = [option["value"] for option in found["languages"]["options"]]
    assert codes == tables.choices("language").index.tolist()
    assert found["village_id"]["options"][0]["group"]
    row = page.frames.read("children").iloc[2]
    assert found["name"]["value"] == row["name"]
    assert found["languages"]["value"] == row["languages"].split(";")
    page.language = "zh"
    assert fields(page)["sex"]["text"] == "性别"


def test_a_refused_form_keeps_what_was_typed_and_names_every_fault(page):
    page.vue_open_row({"table": "children", "key": "C00003"})
    typed = values(page) | {"name": " ", "birth_date": "2015年3月", "village_id": "V9999"}
    page.vue_save_form(typed)
    assert {error["id"] for error in page.form["errors"]} == {"name", "birth_date", "village_id"}
    assert values(page)["birth_date"] == "2015年3月"
    assert all(fields(page)[e["id"]]["error"] for e in page.form["errors"])
    assert page.frames.read("children").iloc[2]["name"].strip()


def test_a_good_form_writes_one_row_and_goes(page):
    page.vue_open_row({"table": "children", "key": "C00003"})
    typed = values(page) | {
        "name": "甲小一",
        "birth_date": "2015.3.7",
        "languages": ["gan", "hakka"],
    }
    page.vue_type(typed)
    page.vue_save_form(typed)
    row = page.frames.read("children").set_index("child_id").loc["C00003"]
    assert (row["name"], str(row["birth_date"].date())) == ("甲小一", "2015-03-07")
    assert set(row["languages"].split(";")) == {"gan", "hakka"}
    assert row["version"] == 2
    assert page.form == {} and page.store.kept("families/form") is None


def test_what_is_typed_survives_the_page(page, filled):
    page.vue_open_row({"table": "children", "key": "C00003"})
    page.vue_type(values(page) | {"name": "half a na", "languages": ["gan"]})
    assert page.form["kept"]
    again = Families(Session(str(filled), USER, "zh"))
    assert (values(again)["name"], values(again)["languages"]) == ("half a na", ["gan"])
    assert again.notice == {}
    again.vue_save_form(values(again))
    assert again.frames.read("children").iloc[2]["name"] == "half a na"
    assert Families(Session(str(filled), USER)).form == {}


def test_a_draft_is_its_writer_s_alone(page, filled):
    with open_store(filled, actor=USER) as store:
        store.write("users", pd.DataFrame({"user_id": ["wang.wei"], "role": ["coordinator"]}))
    page.vue_open_row({"table": "children", "key": "C00003"})
    page.vue_type(values(page) | {"name": "half"})
    assert Families(Session(str(filled), "wang.wei")).form == {}


def test_a_draft_of_a_row_somebody_else_changed_says_so_and_is_not_written_over(page, filled):
    page.vue_open_row({"table": "children", "key": "C00003"})
    page.vue_type(values(page) | {"name": "half"})
    page.store.write(
        "children", page.frames.read("children").iloc[[2]].assign(note="seen by another")
    )
    again = Families(Session(str(filled), USER))
    assert again.notice["kind"] == "warning"
    assert values(again)["name"] == "half"


def test_a_form_with_something_typed_asks_before_it_goes(page):
    page.vue_open_row({"table": "children", "key": "C00003"})
    page.vue_close_form()
    assert page.form == {} and page.confirm == {}
    page.vue_open_row({"table": "children", "key": "C00003"})
    page.vue_type(values(page) | {"name": "half"})
    page.vue_close_form()
    assert page.confirm["text"] and page.form
    page.vue_answer(False)
    assert page.confirm == {} and values(page)["name"] == "half"
    page.vue_close_form()
    page.vue_answer(True)
    assert page.form == {} and page.store.kept("families/form") is None


def test_an_answer_counts_once_and_only_to_a_question(page):
    done = []
    page.vue_answer(True)
    page.ask("form_discard", lambda: done.append(1))
    page.vue_answer("yes")  # only a real yes
    assert done == []
    page.ask("form_discard", lambda: done.append(1), more=("form_kept", {}))
    assert page.confirm["more"] and page.confirm["no"]
    page.vue_answer(True)
    page.vue_answer(True)
    assert done == [1]


@pytest.mark.parametrize("typed", [None, 7, "x", [1], {"name": {"x": 1}, "languages": "gan"}])
def test_nonsense_typed_into_a_form_breaks_nothing(page, send, typed):
    page.vue_open_row({"table": "children", "key": "C00003"})
    for event in ("type", "save_form"):
        assert "Error" not in send(page, event, typed).get("text", "")


@pytest.mark.parametrize(
    ("value", "kind", "typed"),
    [
        (pd.Timestamp("2026-03-02"), "date", "2026-03-02"),
        (pd.NaT, "date", ""),
        ("a;b", "choices:need", ["a", "b"]),
        (pd.NA, "choices:need", []),
        (False, "flag", "no"),
        (pd.NA, "flag", ""),
        (3, "whole", "3"),
    ],
)
def test_stored_values_as_they_would_be_typed(value, kind, typed):
    assert as_typed(value, kind) == typed


def test_the_browser_refuses_files_at_the_size_python_does():
    piece = (Path(pages.__path__[0]) / "kit" / "care-upload.vue").read_text("utf-8")
    megabytes = int(re.search(r"default: (\d+) \* 1024 \* 1024", piece)[1])
    assert megabytes * 2**20 == MESSAGE_BYTES
