"""The outings view's model: new outing, consents, groups, moves by hand, paper, head count."""

import io
import re

import openpyxl
import pypdf
import pytest

from carekit import tasks, words
from carekit.pages import long_steps
from carekit.store import add_user, open_store
from tests.pages.conftest import USER
from tests.stores import copied

PLANNER = "zhao.min"

FORM = {"title": "Old city", "day": "2026-05-09", "places": "20", "destination": "The wall"}
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def paired_file(filled_file, proposal, tmp_path_factory):
    """The practice school after its pairs were published and the groups were made."""
    path = tmp_path_factory.mktemp("paired") / "town.care"
    copied(filled_file, path)
    with open_store(path, actor=USER) as store:
        tasks.publish(store, proposal)
        tasks.correct_outing(store, "O0001", vehicle_seats="33, 19")
        tasks.replan_outing(store, "O0001")
    return path


@pytest.fixture
def paired(paired_file, tmp_path):
    path = tmp_path / "paired.care"
    copied(paired_file, path)
    return path


@pytest.fixture
def open_app(open_app):
    """The planner's app is a planner's here, who may see and write only what an outing needs."""

    def opened(path, **given):
        if given.get("app") == "planner":
            with open_store(path, actor=USER) as store:
                if PLANNER not in set(store.read("users")["user_id"]):
                    add_user(store, PLANNER, "赵敏", None, "planner")
            given["user"] = PLANNER
        return open_app(path, **given)

    return opened


@pytest.fixture
def page(filled, open_app):
    return open_app(filled, view="outings", app="planner").shown


@pytest.fixture
def planned(paired, open_app, send):
    page = open_app(paired, view="outings", app="planner").shown
    open_row(send, page, "outings", "O0001")
    send(page, "go", "groups")
    return page


def open_row(send, page, table, key):
    return send(page, "open_row", {"table": table, "key": key})


def typed(**changes):
    return {"destination": "", "starts": "", "ends": "", "vehicle_seats": "", "note": ""} | {
        **FORM,
        **changes,
    }


def field(page, name):
    fields = [one for part in page.form["sections"] for one in part["fields"]]
    return next(one for one in fields if one["id"] == name)


def going(page):
    return [child["id"] for group in page.groups for child in group["children"]]


def adults(page):
    return [adult["id"] for group in page.groups for adult in group["adults"]]


# -- the list and the form -----------------------------------------------------------------------


def test_an_empty_store_has_no_outing(empty, open_app):
    page = open_app(empty, view="outings", app="planner").shown
    assert (page.tables["outings"]["rows"], page.current) == ([], {})


def test_an_outing_is_made_and_opened(page, send, filled, read):
    send(page, "new_outing")
    notice = send(page, "save_form", typed(starts="8:00", vehicle_seats="12，8"))
    assert notice["text"] == words.say("outing_created", "en", outing="O0002", title="Old city")
    assert (page.form, page.current["id"], page.step) == ({}, "O0002", "people")
    row = read(filled, "outings").set_index("outing_id").loc["O0002"]
    assert (row["places"], row["destination"]) == (20, "The wall")
    assert (row["starts"], row["vehicle_seats"]) == ("08:00", "12, 8")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"title": "  "}, "title"),
        ({"day": ""}, "day"),
        ({"day": "soon"}, "day"),
        ({"day": "2026-02-31"}, "day"),
        ({"places": ""}, "places"),
        ({"places": "many"}, "places"),
        ({"places": "2"}, "places"),
        ({"places": "²"}, "places"),
        ({"starts": "25:00"}, "starts"),
    ],
)
def test_a_bad_form_stays_as_it_was_typed_and_says_where(page, send, filled, read, change, wrong):
    send(page, "new_outing")
    send(page, "save_form", typed(**change))
    assert [error["id"] for error in page.form["errors"]] == [wrong]
    assert field(page, wrong)["error"]
    assert field(page, "destination")["value"] == "The wall"
    assert len(read(filled, "outings")) == 1


def test_seats_that_are_none_are_told_and_the_form_stays(page, send, filled, read):
    send(page, "new_outing")
    notice = send(page, "save_form", typed(vehicle_seats="a bus"))
    assert notice["text"] == words.say("vehicle_seats_wrong", "en", seats="a bus")
    assert field(page, "title")["value"] == "Old city"
    assert len(read(filled, "outings")) == 1


def test_a_reload_in_the_middle_of_the_form_loses_nothing(page, send, filled, open_app):
    send(page, "new_outing")
    send(page, "type", typed(title="Old ci", places=""))
    again = open_app(filled, view="outings", app="planner").shown
    assert field(again, "title")["value"] == "Old ci"
    send(again, "save_form", typed())
    assert again.current["id"] == "O0002"
    assert open_app(filled, view="outings", app="planner").shown.form == {}


def test_a_reload_comes_back_to_the_outing_and_the_step(planned, paired, open_app, send):
    send(planned, "go", "roster")
    again = open_app(paired, view="outings", app="planner").shown
    assert (again.current["id"], again.step) == ("O0001", "roster")


def test_an_outing_is_corrected(planned, send, paired, read):
    send(planned, "correct_outing")
    values = {name: field(planned, name)["value"] for name in typed()}
    assert (values["day"], values["starts"], values["vehicle_seats"]) == (
        "2026-04-12",
        "08:00",
        "33, 19",
    )
    send(planned, "save_form", values | {"vehicle_seats": "20"})
    assert planned.notice["kind"] == "success"
    assert read(paired, "outings").set_index("outing_id").at["O0001", "vehicle_seats"] == "20"
    assert planned.verdict["look"] == "danger"  # nobody has a seat in the second vehicle now


@pytest.mark.parametrize("key", ["O0099", "", None, "' or 1=1"])
def test_an_outing_that_is_not_there_cannot_be_opened(page, send, key):
    open_row(send, page, "outings", key)
    assert page.current == {}


def test_another_view_opens_an_outing(filled, open_app):
    app = open_app(filled)
    app.show("outings", outing="O0001", step="details")
    assert (app.shown.current["id"], app.shown.step) == ("O0001", "details")


# -- who goes ------------------------------------------------------------------------------------


def test_before_a_match_nobody_can_go_and_it_says_why(page, send):
    open_row(send, page, "outings", "O0001")
    assert not page.current["planned"]
    send(page, "ask_table", {"id": "people", "filter": "outing_home"})
    table = page.tables["people"]
    assert table["said"].endswith("122")
    said = {row["cells"]["goes"]["text"] for row in table["rows"]}
    assert words.say("not_going_no_helper", "en") in said


def test_groups_are_made_by_the_planner(page, send, here, filled, proposal, read):
    with open_store(filled, actor=USER) as store:
        tasks.publish(store, proposal)
    page.refresh()
    open_row(send, page, "outings", "O0001")
    assert send(page, "make_groups") == {}
    assert (page.step, page.verdict["look"]) == ("groups", "good")
    assert 20 < len(going(page)) < 44
    assert len(read(filled, "outing_people")) == len(going(page)) + len(adults(page))


def test_a_plan_that_fails_leaves_the_store_alone(planned, send, here, paired, read, monkeypatch):
    def fault(*_):
        raise KeyError("cut")

    monkeypatch.setattr(long_steps, "replan_outing", fault)
    before = read(paired, "outing_people")
    send(planned, "make_groups")
    assert planned.confirm["text"] == words.say("outing_replan", "en")
    send(planned, "answer", True)
    assert planned.notice["kind"] == "error" and planned.progress == {}
    assert read(paired, "outing_people").equals(before)


def test_everybody_is_listed_once_with_the_group_or_the_reason(planned, send):
    counts = {one["id"]: int(one["count"]) for one in planned.tables["people"]["filters"]}
    assert counts["outing_all"] == 122
    assert counts["outing_going"] == len(going(planned)) == len(set(going(planned)))
    assert counts["outing_going"] + counts["outing_home"] == 122
    assert all(len(group["adults"]) >= 2 for group in planned.groups)


def test_an_answer_is_recorded_by_a_click(planned, send, paired, read):
    child = going(planned)[0]
    notice = send(planned, "act", {"table": "people", "key": child, "act": "withdrawn"})
    assert notice["kind"] == "success"
    consents = read(paired, "consents").query("child_id == @child")
    assert consents.sort_values("day")["state"].tolist()[-1] == "withdrawn"
    broken = [rule for rule in planned.verdict["rules"] if not rule["holds"]]
    assert [rule["text"] for rule in broken] == [words.say("rule_outing_no_consent", "en")]
    assert child in going(planned)  # marked, not dropped
    send(planned, "choose", child)
    send(planned, "consent", "given")
    assert planned.verdict["look"] == "good"
    after = read(paired, "consents")
    send(planned, "consent", "nonsense")
    assert len(read(paired, "consents")) == len(after)
    assert len(after.query("child_id == @child")) == len(consents) + 1


# -- moves by hand -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_rule_is_broken_by_hand_read_and_mended(planned, send, language):
    send(planned, "set_language", language)
    adult = planned.groups[0]["adults"][0]
    send(planned, "choose", adult["id"])
    assert planned.chosen["name"] == adult["name"]
    send(planned, "move", {"group": 2, "together": False})
    assert planned.chosen == {}
    said = words.say("too_few_adults", language, group=1, adults=1, needed=2)
    assert said in planned.groups[0]["findings"]
    assert said in planned.verdict["findings"]
    assert planned.groups[0]["look"] == "danger"
    assert planned.verdict["text"] == words.say("outing_some_hold", language, kept=14, total=16)
    send(planned, "undo_move")
    assert planned.verdict["look"] == "good"
    assert adult["id"] in [one["id"] for one in planned.groups[0]["adults"]]
    assert not planned.current["moved"]


def test_a_move_is_kept_and_can_be_undone_after_a_reload(planned, send, paired, open_app):
    child = planned.groups[0]["children"][0]["id"]
    send(planned, "choose", child)
    send(planned, "move", {"group": 3})
    again = open_app(paired, view="outings", app="planner").shown
    assert child in [one["id"] for one in again.groups[2]["children"]]
    assert again.verdict["look"] == "danger"
    send(again, "undo_move")
    assert again.verdict["look"] == "good"


def test_a_helper_moves_with_the_own_children(planned, send):
    group = planned.groups[4]
    adult = group["adults"][0]["id"]
    send(planned, "choose", adult)
    own = int(re.search(r"\d+", planned.chosen["together"])[0])
    send(planned, "move", {"group": len(planned.groups) + 1, "together": True})
    new = planned.groups[-1]
    assert [one["id"] for one in new["adults"]] == [adult]
    assert len(new["children"]) == own


def test_a_group_that_lacks_an_adult_gets_one(planned, send):
    send(planned, "choose", planned.groups[0]["adults"][0]["id"])
    send(planned, "leave_out")
    assert planned.groups[0]["lacks_adult"]
    send(planned, "add_adult", 1)
    spare = planned.tables["spare"]["rows"][0]["key"]
    open_row(send, planned, "spare", spare)
    assert spare in [one["id"] for one in planned.groups[0]["adults"]]
    assert planned.verdict["look"] == "good"
    assert planned.current["adding"] == ""


def test_a_child_is_left_out_and_taken_along_again(planned, send):
    child = planned.groups[0]["children"][0]["id"]
    send(planned, "choose", child)
    send(planned, "leave_out")
    assert child not in going(planned)
    send(planned, "choose", child)
    assert not planned.chosen["goes"]
    send(planned, "move", {"group": 1})
    assert child in going(planned)
    assert planned.verdict["look"] == "good"


def test_a_group_changes_vehicles(planned, send):
    before = [vehicle["text"] for vehicle in planned.current["vehicles"]]
    send(planned, "put_group", {"group": 1, "vehicle": 2})
    assert planned.groups[0]["vehicle"] == 2
    assert [vehicle["text"] for vehicle in planned.current["vehicles"]] != before
    assert planned.current["vehicles"][1]["findings"]  # more people than seats


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("move", {"group": 99}),
        ("move", {"group": "1"}),
        ("move", {"group": True}),
        ("move", {}),
        ("put_group", {"group": 1, "vehicle": 9}),
        ("put_group", {"group": 77, "vehicle": 1}),
        ("add_adult", "x"),
        ("leave_out", {}),
        ("go", "elsewhere"),
        ("count_vehicle", 9),
        ("tick", {"person": "C99999", "present": True}),
        ("choose", "C99999"),
        ("open_row", {"table": "spare", "key": "H00001"}),
    ],
)
def test_what_the_browser_makes_up_changes_nothing(planned, send, paired, read, event, data):
    before = read(paired, "outing_people")
    if event == "move":
        send(planned, "choose", going(planned)[0])
    send(planned, event, data)
    assert read(paired, "outing_people").equals(before)
    assert planned.step == "groups"


# -- paper ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_roster_is_a_workbook_with_those_who_go(planned, send, sent_files, language):
    send(planned, "set_language", language)
    files = sent_files(planned)
    assert send(planned, "download_roster", "xlsx")["kind"] == "info"
    [(name, kind, data)] = files
    assert name.endswith(".xlsx") and "O0001" in name and "spreadsheet" in kind
    book = openpyxl.load_workbook(io.BytesIO(data))
    column = [row[2] for row in book.worksheets[0].iter_rows(min_row=4, values_only=True)]
    assert sorted(column) == sorted(going(planned))
    heading = "".join(str(cell.value) for cell in book.worksheets[0][3])
    assert bool(HAN.search(heading)) == (language == "zh")


def test_the_roster_is_a_pdf_with_those_who_go(planned, send, sent_files):
    files = sent_files(planned)
    assert send(planned, "download_roster", "pdf")["kind"] == "info"
    [(name, kind, data)] = files
    assert name.endswith(".pdf") and kind == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    for group in planned.groups:
        for person in [*group["children"], *group["adults"]]:
            assert person["name"] in text


def test_without_groups_there_is_no_paper(page, send, sent_files):
    open_row(send, page, "outings", "O0001")
    files = sent_files(page)
    notice = send(page, "download_roster", "pdf")
    assert (files, notice["kind"]) == ([], "error")


# -- on the day ----------------------------------------------------------------------------------


def test_the_missing_stand_first_and_nobody_leaves_without_them(planned, send, paired, read):
    send(planned, "go", "day")
    send(planned, "count_vehicle", 2)
    total = planned.count["total"]
    assert planned.count["present"] == 0
    for number in range(total):
        missing = words.say("count_missing", "en", count=total - number)
        assert (planned.count["look"], planned.count["state"]) == ("danger", missing)
        row = planned.count["rows"][0]
        assert not row["present"]
        send(planned, "tick", {"person": row["id"], "present": True})
        assert planned.count["present"] == number + 1
    assert planned.count["look"] == "good"
    assert int(read(paired, "outing_people")["present"].fillna(False).sum()) == total
    send(planned, "count_vehicle", 0)
    assert planned.count["look"] == "danger"
    send(planned, "start_count")
    send(planned, "answer", True)
    assert planned.count["present"] == 0


def test_the_phone_of_the_guardian_stands_beside_a_child(planned, send, paired, read):
    send(planned, "go", "day")
    phones = read(paired, "guardians").groupby("child_id")["phone"].agg(list)
    for row in planned.count["rows"]:
        if row["id"] in phones.index and row["phone"]:
            assert row["phone"] in phones[row["id"]]
    assert {row["id"] for row in planned.count["rows"]} == {*going(planned), *adults(planned)}


def test_every_word_is_said_in_both_languages(planned, send):
    send(planned, "choose", planned.groups[0]["adults"][0]["id"])
    send(planned, "go", "day")
    send(planned, "set_language", "zh")
    said = [planned.heading["subtitle"], planned.verdict["text"], planned.chosen["together"]]
    said += [step["text"] for step in planned.steps] + [planned.count["state"]]
    said += [rule["text"] for rule in planned.verdict["rules"]]
    assert all(HAN.search(text) for text in said)
