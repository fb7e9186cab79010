"""The register view's model: lists, cards, forms, files that close; nothing the browser forges."""

import pandas as pd
import pytest

from carekit import tables, tasks
from carekit.errors import BadInput
from carekit.pages import register_tables
from carekit.pages.register_forms import field_form
from carekit.store import open_store
from tests.stores import copied

USER = "li.na"
CHILD, HELPER = "C00004", "H00001"  # the card of the child lacks its health


@pytest.fixture
def page(filled, open_app):
    return open_app(filled, view="register").shown


@pytest.fixture(scope="module")
def matched_file(filled_file, tmp_path_factory, proposal):
    path = copied(filled_file, tmp_path_factory.mktemp("matched") / "matched.care")
    with open_store(path, actor=USER) as store:
        tasks.publish(store, proposal)
    return path


@pytest.fixture
def matched(matched_file, tmp_path, open_app):
    return open_app(copied(matched_file, tmp_path / "matched.care"), view="register").shown


def opened(page, key=CHILD, table="children"):
    page.vue_open_row({"table": table, "key": key})
    return page.card


def values(page):
    return {f["id"]: f["value"] for s in page.form["sections"] for f in s["fields"]}


def rows(page, table="children"):
    return [row["key"] for row in page.tables[table]["rows"]]


def stored(page, table, key):
    with open_store(page.store.path, actor=USER) as store:
        return store.read(table).set_index(tables.key(table)).loc[key]


# -- lists ---------------------------------------------------------------------------------------


def test_each_filter_counts_what_it_shows(page):
    for table in ("children", "helpers"):
        for one in page.tables[table]["filters"]:
            page.vue_ask_table({"id": table, "filter": one["id"]})
            found = len(page._tables[table].found())
            assert one["count"] == str(found), (table, one["id"])


def test_a_child_is_found_by_name_initials_village_and_id(page):
    child = page.people["children"].iloc[30]
    from carekit.pages.kit.initials import initials

    for query in (child["name"], initials(child["name"]).split()[0], child["village"]):
        page.vue_ask_table({"id": "children", "query": str(query)})
        assert child["child_id"] in set(page._tables["children"].found()["child_id"]), query
    page.vue_ask_table({"id": "children", "query": child["child_id"]})
    assert rows(page) == [child["child_id"]]


def test_another_view_opens_a_card_a_filter_or_the_import(page):
    page.wanted(helper=HELPER)
    assert (page.tab, page.card["key"]) == ("helpers", HELPER)
    page.wanted(filter="not_ready")
    assert page.tab == "helpers" and not page._tables["helpers"].found()["ready"].any()
    page.wanted(filter="incomplete", tab="helpers")
    assert page.tab == "helpers"
    page.wanted(filter="incomplete")
    assert page.tab == "children"
    page.wanted(tab="import")
    assert page.tab == "import"
    before = page.card
    page.wanted(child="C99999", tab="nowhere", filter="nothing")
    assert (page.tab, page.card) == ("import", before)


def test_the_tab_is_there_again_after_a_reload(page, filled, open_app):
    page.vue_open_tab("helpers")
    again = open_app(filled, view="register").shown
    assert again.tab == "helpers"
    assert [tab["id"] for tab in again.tabs if tab["here"]] == ["helpers"]


def test_an_empty_register_says_what_to_do_first(empty, open_app):
    page = open_app(empty, view="register").shown
    assert page.empty["children"] and page.empty["helpers"]
    page.vue_add("children")
    page.vue_save_form(values(page) | {"name": "测试小草"})
    assert page.empty["children"] == "" and page.empty["helpers"]


# -- cards ---------------------------------------------------------------------------------------


def test_a_card_says_what_is_stored_in_words(page):
    card = opened(page)
    child = page.people["children"].set_index("child_id").loc[CHILD]
    assert card["title"] == child["name"] and child["village"] in card["subtitle"]
    said = {row["text"]: row["value"] for section in card["sections"] for row in section["rows"]}
    assert said["Sex"] == child["sex"]
    assert said["Identity number"] == "…" + child["id_number"][-4:]
    adults = page.store.read("guardians").query("child_id == @CHILD")
    assert {adult["phone"] for adult in card["adults"]} == set(adults["phone"].dropna())
    page.language = "zh"
    assert page.card["sections"][0]["title"] == "基本信息"


def test_whose_card_was_opened_is_in_the_audit(page):
    opened(page)
    opened(page, HELPER, "helpers")
    with pytest.raises(BadInput):
        page.vue_see({"table": "children", "key": "C99999"})
    with open_store(page.store.path, actor=USER) as store:
        cards = store.audit().query("deed == 'card'")
        assert cards[["table", "child"]].to_numpy().tolist() == [
            ["children", CHILD],
            ["helpers", HELPER],
        ]
        assert set(store.who_saw(CHILD)["deed"]) == {"read", "card", "history"}


def test_the_whole_identity_number_is_on_no_card(page):
    number = stored(page, "children", CHILD)["id_number"]
    assert number not in str(opened(page))


def test_what_is_missing_opens_the_form_where_it_is_filled_in(page, monkeypatch):
    sent = []
    monkeypatch.setattr(page, "send", lambda content, buffers=None: sent.append(content))
    card = opened(page)
    assert [item["id"] for item in card["missing"]] == ["health"]
    page.vue_fill("health")
    assert page.form["id"] == "children"
    assert sent[-1]["args"] == ["care-children-health"]
    page.vue_save_form(values(page) | {"health": "良好"})
    assert page.card["missing"] == [] and page.card["history"][0]["changes"]


def test_a_missing_adult_is_asked_for_in_its_own_form(page):
    missing = page.people["children"].query("missing.str.contains('guardian_phone')")
    child = missing["child_id"].iloc[0]
    opened(page, child)
    page.vue_fill("guardian_phone")
    assert page.form["id"] == "guardians" and values(page)["role"] == "guardian"
    typed = {"name": "王秀兰", "phone": "13800000000", "relation": "grandparent"}
    page.vue_save_form(values(page) | typed)
    assert not any(item["id"].startswith("guardian") for item in page.card["missing"])
    assert stored(page, "children", child)["supervised"] == "yes"


def test_every_item_that_can_be_missing_has_a_form():
    from carekit.people.completeness import CHILD_ITEMS, HELPER_ITEMS

    for table, items in (("children", CHILD_ITEMS), ("helpers", HELPER_ITEMS)):
        for item in items:
            home, _, column = field_form(table, item)
            assert column in tables.columns(home).index, item


def test_the_history_tells_who_changed_what_from_what(page):
    opened(page)
    page.vue_correct()
    page.vue_save_form(values(page) | {"address": "新村1号"})
    newest = page.card["history"][0]
    before = page.card["history"][-1]
    assert USER in newest["who"] or newest["who"]
    assert [change["after"] for change in newest["changes"]] == ["新村1号"]
    assert newest["changes"][0]["before"] not in ("", "–", "新村1号")
    assert before["what"] == "Practice data"


def test_the_history_of_an_identity_number_shows_its_end_only(page):
    number = stored(page, "children", CHILD)["id_number"]
    opened(page)
    page.vue_correct()
    page.vue_save_form(values(page) | {"id_number": ""})
    change = page.card["history"][0]["changes"][0]
    assert (change["before"], change["after"]) == ("…" + number[-4:], "–")


def test_the_last_change_can_be_taken_back(page):
    opened(page)
    assert not page.card["undo"]
    page.vue_correct()
    page.vue_save_form(values(page) | {"address": "新村1号"})
    assert page.card["undo"]
    page.vue_undo()
    assert stored(page, "children", CHILD)["address"] != "新村1号"
    assert not page.card["undo"]


# -- forms ---------------------------------------------------------------------------------------


def test_a_new_child_is_written_and_its_card_opens(page, filled):
    page.vue_add("children")
    typed = {"name": "测试小草", "sex": "female", "village_id": "V0001", "birth_date": "2016-5-1"}
    page.vue_save_form(values(page) | typed)
    assert page.form == {} and page.card["title"] == "测试小草"
    child = stored(page, "children", page.card["key"])
    assert (child["sex"], child["village_id"]) == ("female", "V0001")


def test_a_number_that_contradicts_the_row_is_named_at_its_field(page):
    opened(page)
    page.vue_correct()
    other = "female" if values(page)["sex"] == "male" else "male"
    page.vue_save_form(values(page) | {"sex": other})
    assert [error["id"] for error in page.form["errors"]] == ["id_number"]
    assert values(page)["sex"] == other


def test_somebody_of_that_name_is_asked_about_first(page):
    name = stored(page, "children", CHILD)["name"]
    count = len(page.store.read("children"))
    page.vue_add("children")
    page.vue_save_form(values(page) | {"name": name})
    assert CHILD in page.confirm["text"] and len(page.store.read("children")) == count
    page.vue_answer(False)
    assert page.form["id"] == "children" and values(page)["name"] == name
    page.vue_save_form(values(page))
    page.vue_answer(True)
    assert len(page.store.read("children")) == count + 1


@pytest.mark.parametrize("form", ["add", "correct", "part", "part_corrected", "close"])
@pytest.mark.parametrize("table", ["children", "helpers"])
def test_every_half_filled_form_is_there_after_a_reload(filled, open_app, table, form):
    page = open_app(filled, view="register").shown
    key = CHILD if table == "children" else HELPER
    column = {"close": "closed_on", "add": "name", "correct": "name"}.get(form)
    if form == "add":
        page.vue_add(table)
    else:
        opened(page, key, table)
        if form == "correct":
            page.vue_correct()
        elif form == "close":
            page.vue_close_file()
        else:
            column = "name" if table == "children" else "note"
            part = page.card["adults"] or page.card["papers"]
            page.vue_part({"key": part[0]["key"]} if form == "part_corrected" else {})
    typed = "2026-04-01" if column == "closed_on" else "半张表"
    page.vue_type(values(page) | {column: typed})
    again = open_app(filled, view="register").shown
    assert again.tab == table
    assert values(again)[column] == typed
    assert again.form["title"] == page.form["title"]
    assert again.card.get("key") == (None if form == "add" else key)


def test_a_form_somebody_else_overtook_keeps_what_was_typed(page):
    opened(page)
    page.vue_correct()
    with open_store(page.store.path, actor=USER) as store:
        children = store.read("children").query("child_id == @CHILD")
        store.write("children", children.assign(note="先到"))
    page.vue_save_form(values(page) | {"address": "新村1号"})
    assert page.notice["kind"] == "warning" and values(page)["address"] == "新村1号"
    assert stored(page, "children", CHILD)["address"] != "新村1号"
    page.vue_save_form(values(page))
    assert stored(page, "children", CHILD)["address"] == "新村1号"


def test_a_new_paper_and_its_correction(page):
    lacking = page.people["helpers"].query("blocked_by == 'records_check_expired'")
    helper = lacking["helper_id"].iloc[0]
    opened(page, helper, "helpers")
    page.vue_part({})
    assert values(page)["day"] == "2026-03-02"
    page.vue_save_form(values(page))
    assert page.people["helpers"].set_index("helper_id").at[helper, "ready"]
    page.vue_part({"key": page.card["papers"][0]["key"]})
    page.vue_save_form(values(page) | {"until": "2026-03-01"})
    assert [error["id"] for error in page.form["errors"]] == ["until"]
    page.vue_save_form(values(page) | {"until": "2026-03-02"})
    assert not page.people["helpers"].set_index("helper_id").at[helper, "ready"]


def test_what_was_typed_is_not_thrown_away_without_a_question(page):
    opened(page)
    page.vue_correct()
    page.vue_type(values(page) | {"address": "新村1号"})
    page.vue_close_panel()
    assert page.confirm and page.form["id"] == "children"
    page.vue_answer(False)
    page.wanted(child="C00002")
    assert page.card["key"] == CHILD and values(page)["address"] == "新村1号"
    page.vue_close_panel()
    page.vue_answer(True)
    assert page.form == {} and page.card == {}
    assert page.store.kept("register/form") is None


# -- files that close ----------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["children", "helpers"])
def test_closing_says_what_ends_with_it_and_can_be_taken_back(matched, table):
    pairings = matched.store.read("pairings")
    key = pairings[pairings["until"].isna()][tables.key(table)].iloc[0]
    ends = pairings[pairings["until"].isna()][tables.key(table)].eq(key).sum()
    opened(matched, key, table)
    matched.vue_close_file()
    matched.vue_save_form(values(matched) | {"closed_reason": ""})
    assert [error["id"] for error in matched.form["errors"]] == ["closed_reason"]
    matched.vue_save_form(values(matched) | {"closed_reason": "moved"})
    assert str(ends) in matched.confirm["more"]
    assert pd.isna(stored(matched, table, key)["closed_on"])
    matched.vue_answer(True)
    assert matched.card["closed"] and matched.card["missing"] == []
    now = matched.store.read("pairings")
    assert now[now[tables.key(table)].eq(key)]["until"].notna().all()
    assert key not in set(matched._tables[table].found()[tables.key(table)])
    matched.vue_undo()
    assert not matched.card["closed"]
    back = matched.store.read("pairings")
    assert back[back[tables.key(table)].eq(key)]["until"].isna().sum() == ends


def test_a_no_closes_nothing_and_the_form_stays(matched):
    opened(matched)
    matched.vue_close_file()
    matched.vue_save_form(values(matched) | {"closed_reason": "moved"})
    matched.vue_answer(False)
    assert matched.form["id"] == "close"
    assert pd.isna(stored(matched, "children", CHILD)["closed_on"])


def test_a_closed_file_is_opened_again_after_a_question(page):
    tasks.close_file(page.store, "children", CHILD, "2026-03-02", "moved")
    page.refresh()
    opened(page)
    page.vue_reopen_file()
    assert page.confirm
    page.vue_answer(True)
    assert not page.card["closed"]
    assert pd.isna(stored(page, "children", CHILD)["closed_on"])


# -- what the browser may not --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("open_row", {"table": "children", "key": "H00001"}),
        ("open_row", {"table": "users", "key": "li.na"}),
        ("see", {"table": "users", "key": "li.na"}),
        ("see", {"table": "children", "key": "C99999"}),
        ("see", None),
        ("add", "users"),
        ("open_tab", "users"),
        ("correct", {}),
        ("part", {"key": "G00001"}),
        ("close_file", {}),
        ("reopen_file", {}),
        ("fill", "health"),
        ("undo", {}),
        ("bring_in", "users"),
        ("undo_import", "children"),
        ("refusals", "helpers"),
        ("forget_import", ["children"]),
    ],
)
def test_a_forged_event_opens_and_changes_nothing(page, send, event, data):
    before = page.store.newest()
    send(page, event, data)
    assert page.store.newest() == before
    assert page.card == {} and page.form == {} and page.tab == "children"


def test_an_adult_of_another_child_is_not_corrected_from_here(page, send):
    other = page.store.read("guardians").query("child_id != @CHILD").iloc[0]
    opened(page)
    assert send(page, "part", {"key": other["guardian_id"]})["kind"] == "error"
    assert page.form == {}


def test_traits_are_not_the_browsers_to_set(page):
    page.set_state({"card": {"key": "C00002"}, "tab": "import", "imports": {}})
    assert page.card == {} and page.tab == "children" and page.imports


def test_a_card_of_somebody_who_is_gone_closes(page, send):
    page.vue_add("children")
    page.vue_save_form(values(page) | {"name": "测试小草"})
    assert page.card
    page.vue_undo()
    assert page.card == {}


def test_the_derived_facts_follow_the_store(page):
    frame = register_tables.children(page.frames, page.today)
    assert register_tables.children(page.frames, page.today) is frame
    opened(page)
    page.vue_correct()
    page.vue_save_form(values(page) | {"health": "良好"})
    now = register_tables.children(page.frames, page.today).set_index("child_id")
    assert now.at[CHILD, "complete"] and not frame.set_index("child_id").at[CHILD, "complete"]
