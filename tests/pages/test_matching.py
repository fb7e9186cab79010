"""The matching view's model: registers in, a proposal, a table, and one publication."""

import asyncio
import io
import re

import openpyxl
import pandas as pd
import pytest

from carekit import words
from carekit.store import open_store

CHILDREN = "姓名,性别,出生日期,身份证号,鞋码\n李小草,女,2015-03-07,,33\n王大山,猫,明天,12345,\n"


def test_the_two_spreadsheets_come_in_through_a_child_process(
    empty, open_app, upload, send, sheets, read
):
    page = open_app(empty).view
    seen = []
    page.observe(lambda change: seen.append(change["new"].get("text")), "progress")
    notice = upload(page, "children", sheets["children"], "children.xlsx")
    assert (notice["kind"], notice["text"][:8]) == ("success", "122 rows")
    assert len({text for text in seen if text}) > 1, "no progress was shown"
    assert page.progress == {}
    assert page.imports["children"]["rows"] == []
    assert page.imports["children"]["undo"]
    assert len(read(empty, "children")) == 122
    assert page.step == "registers"


def test_the_whole_way_from_two_files_to_pairs(empty, here, open_app, upload, send, sheets, read):
    page = open_app(empty).view
    assert [step["open"] for step in page.steps] == [True, False, False, False]
    for sheet in ("children", "helpers"):
        assert upload(page, sheet, sheets[sheet], f"{sheet}.xlsx")["kind"] == "success"
    volunteers = read(empty, "helpers")["kind"].isin(["volunteer", "caring_parent"]).sum()
    numbers = [count["number"] for count in page.counts]
    assert numbers[:3] == ["122", "122", str(volunteers)]
    assert int(numbers[3]) < volunteers, "somebody in the sample is not ready"
    assert [step["open"] for step in page.steps] == [True, True, True, False]
    send(page, "go", "publish")
    assert page.step == "registers"
    send(page, "go", "rules")
    assert page.step == "rules"
    send(page, "propose")
    assert page.step == "proposal"
    assert page.proof["kind"] == "good"
    assert read(empty, "pairings").empty


def test_a_proposal_comes_out_of_a_child_process(filled, open_app, send):
    page = open_app(filled).view
    assert send(page, "propose") == {}
    pairs, left = len(page.proposal.pairs), len(page.proposal.unmatched)
    assert pairs + left == 122
    assert page.proof["pairs"] == words.say("pairs_count", "en", count=pairs)
    assert [tier["said"] for tier in page.tiers if tier["served"] > tier["all"]] == []
    assert sum(tier["served"] for tier in page.tiers) == pairs
    assert sum(tier["all"] for tier in page.tiers) == 122
    assert sum(why["count"] for why in page.waiting_why) == left
    each = {words.say("children_each", "en", count=n): n for n in range(5)}
    assert sum(each[bar["text"]] * bar["helpers"] for bar in page.loads) == pairs


# -- imports -------------------------------------------------------------------------------------


def test_refused_cells_are_listed_with_row_column_and_cure(empty, here, open_app, upload):
    page = open_app(empty).view
    assert upload(page, "children", CHILDREN.encode())["kind"] == "success"
    shown = page.imports["children"]
    assert {(cell["row"], cell["column"], cell["value"]) for cell in shown["rows"]} == {
        (3, "Sex", "猫"),
        (3, "Birth date", "明天"),
        (3, "Identity number", "12345"),
    }
    assert all(cell["cure"].endswith(".") for cell in shown["rows"])
    assert shown["title"] == words.say("import_listed", "en", count=3)
    assert "鞋码" in shown["left_out"]


def test_a_long_list_of_refused_cells_is_cut_and_says_so(empty, here, open_app, upload):
    page = open_app(empty).view
    rows = "姓名,性别\n" + "".join(f"示例{n},猫\n" for n in range(60))
    upload(page, "children", rows.encode())
    shown = page.imports["children"]
    assert len(shown["rows"]) == 50
    assert shown["more"] == words.say("more_rows", "en", count=10)


def test_an_import_is_taken_back(empty, here, open_app, upload, send, read):
    page = open_app(empty).view
    upload(page, "children", CHILDREN.encode())
    assert page.counts[0]["number"] == "2"
    assert send(page, "undo_import", "children")["kind"] == "info"
    assert page.counts[0]["number"] == "0"
    assert page.imports["children"] == {}
    assert read(empty, "children").empty


def test_a_second_upload_knows_everybody_and_the_first_can_still_be_undone(
    empty, here, open_app, upload
):
    page = open_app(empty).view
    rows = "姓名,性别,出生日期,班级\n李小草,女,2015-03-07,三年级1班\n".encode()
    upload(page, "children", rows)
    notice = upload(page, "children", rows)
    assert notice["text"] == words.say("import_done", "en", count=0, known=1)
    assert page.imports["children"]["undo"]
    page.vue_undo_import("children")
    assert page.store.read("children").empty


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b" ", "list.csv", "file_empty"),
        (b"\x89PNG\r\n\x1a\n", "list.xlsx", "file_not_spreadsheet"),
        ("颜色,大小\n红,3\n".encode(), "list.csv", "heading_missing"),
        ("姓名,性别\n".encode(), "list.csv", "file_no_rows"),
    ],
)
def test_a_file_that_is_no_good_is_told_and_nothing_comes_in(
    empty, here, open_app, upload, read, language, data, name, code
):
    page = open_app(empty, language).view
    notice = upload(page, "children", data, name)
    assert notice["kind"] == "error"
    first = re.split("[…“]", words.say(code, language))[0]
    assert notice["text"].startswith(first)
    assert (page.imports["children"], page.progress) == ({}, {})
    assert read(empty, "children").empty


def test_the_wrong_list_is_told(empty, here, open_app, upload, sheets):
    page = open_app(empty).view
    notice = upload(page, "children", sheets["helpers"], "helpers.xlsx")
    assert notice["text"] == words.say("sheet_other_kind", "en")


def test_a_file_the_page_did_not_send_is_told(empty, open_app, send):
    page = open_app(empty).view
    notice = send(page, "refused", {"name": "a.xlsx", "size": 0})
    assert notice["text"] == words.say("upload_empty", "en", name="a.xlsx")
    notice = send(page, "refused", {"name": "a.xlsx", "size": 40 * 2**20})
    assert notice["text"] == words.say("upload_too_big", "en", name="a.xlsx", most=32)


def test_an_import_throws_the_proposal_away(proposed, upload):
    page = proposed.view
    assert page.proof
    upload(page, "children", "姓名,出生日期\n新来的,2015-03-07\n".encode())
    assert (page.proposal, page.proof, page.table) == (None, {}, {})


# -- the table -----------------------------------------------------------------------------------


def rows(page):
    return page.table["rows"]


def test_the_table_shows_everybody_page_by_page(proposed, send):
    page = proposed.view
    seen = []
    for number in range(1, page.table["pages"] + 1):
        send(page, "ask", {"page": number})
        assert len(rows(page)) <= 10
        seen += [row["id"] for row in rows(page)]
    assert sorted(seen) == sorted(page.children["child_id"])
    send(page, "ask", {"page": 10**9})
    assert page.table["page"] == page.table["pages"]
    send(page, "ask", {"page": -3})
    assert page.table["page"] == 1


def test_the_filters_part_pairs_from_unmatched(proposed, send):
    page = proposed.view
    counts = {}
    for name in ("all", "paired", "unmatched"):
        send(page, "ask", {"filter": name})
        counts[name] = len(page.rows.found())
        if name != "all":
            assert {row["paired"] for row in rows(page)} == {name == "paired"}
    assert counts["paired"] == len(page.proposal.pairs)
    assert counts["all"] == counts["paired"] + counts["unmatched"] == 122
    send(page, "ask", {"filter": "nonsense"})
    assert page.table["filter"] == "unmatched"


def test_an_unmatched_child_says_why(proposed, send):
    send(proposed.view, "ask", {"filter": "unmatched"})
    for row in rows(proposed.view):
        assert (row["helper"], row["points"]) == ("", [])
        assert len(row["why"]) > 10


def test_the_search_finds_child_helper_village_and_class(proposed, send):
    page = proposed.view
    pair = next(row for row in rows(page) if row["paired"])
    for text in (pair["child"], pair["helper"], *pair["place"].split(" · ")):
        send(page, "ask", {"query": text})
        assert pair["id"] in page.rows.found()["child_id"].tolist()
        shown = page.rows.found()[["child", "helper", "village", "class"]].fillna("")
        assert shown.agg(" ".join, axis=1).str.contains(text, regex=False).all()
    send(page, "ask", {"query": ".*("})
    assert rows(page) == []
    assert page.selected == {}


def test_a_search_begins_at_the_first_page(proposed, send):
    page = proposed.view
    send(page, "ask", {"page": 3})
    send(page, "ask", {"query": ""})
    assert page.table["page"] == 1


def test_a_chosen_pair_shows_points_that_sum_to_its_cost(proposed, send):
    page = proposed.view
    send(page, "ask", {"filter": "paired"})
    last = rows(page)[-1]
    send(page, "ask", {"selected": last["id"]})
    assert page.selected["id"] == last["id"]
    stored = page.proposal.pairs.set_index("child_id").loc[last["id"]]
    assert sum(part["points"] for part in page.selected["points"]) == page.selected["cost"]
    assert page.selected["cost"] == stored["cost"]


def test_the_load_of_a_helper_is_what_the_proposal_gives_it(proposed, send):
    page = proposed.view
    send(page, "ask", {"filter": "paired"})
    loads = page.proposal.pairs["helper_id"].value_counts()
    helper = page.proposal.pairs.set_index("child_id")["helper_id"]
    for row in rows(page):
        assert row["load"] == loads[helper[row["id"]]] <= row["places"]


def test_the_table_asked_for_before_there_is_one_stays_empty(filled, open_app, send):
    page = open_app(filled).view
    assert send(page, "ask", {"page": 2}) == {}
    assert page.table == {}


# -- publishing ----------------------------------------------------------------------------------


def publish(page, send):
    send(page, "ask_publish")
    return send(page, "publish")


def test_nothing_is_published_without_a_yes(proposed, filled, send, read):
    page = proposed.view
    before = read(filled, "pairings")
    send(page, "publish")
    send(page, "ask_publish")
    count = len(page.proposal.pairs)
    assert page.confirm["text"] == words.say("publish_question", "en", count=count)
    send(page, "close_confirm")
    send(page, "publish")
    pd.testing.assert_frame_equal(read(filled, "pairings"), before)
    assert page.published == {}


def test_a_yes_given_twice_publishes_once(proposed, filled, send, read):
    page = proposed.view
    before = len(read(filled, "pairings"))
    assert publish(page, send)["kind"] == "success"
    send(page, "publish")
    publish(page, send)
    new = read(filled, "pairings").iloc[before:]
    assert sorted(new["child_id"]) == sorted(page.proposal.pairs["child_id"])
    assert page.step == "publish"
    assert [step["done"] for step in page.steps] == [True] * 4


def test_a_publication_is_taken_back_and_can_be_made_again(proposed, filled, send, read):
    page = proposed.view
    before = read(filled, "pairings")
    publish(page, send)
    assert send(page, "undo_publish")["kind"] == "info"
    pd.testing.assert_frame_equal(read(filled, "pairings"), before)
    assert (page.step, page.published) == ("proposal", {})
    assert publish(page, send)["kind"] == "success"
    assert len(read(filled, "pairings")) == len(before) + len(page.proposal.pairs)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_proposal_the_world_no_longer_allows_is_told_and_not_written(
    proposed, filled, send, read, language
):
    page = proposed.view
    send(page, "set_language", language)
    before = read(filled, "pairings")
    helper_id = page.proposal.pairs["helper_id"].iloc[0]
    with open_store(filled, actor="li.na") as other:
        helper = other.read("helpers").query("helper_id == @helper_id")
        other.write("helpers", helper.assign(closed_on=pd.Timestamp("2026-03-01")))
    notice = publish(page, send)
    assert notice["kind"] == "error"
    assert helper_id in notice["text"]
    assert bool(re.search("[\u4e00-\u9fff]", notice["text"])) == (language == "zh")
    pd.testing.assert_frame_equal(read(filled, "pairings"), before)
    assert (page.published, page.confirm) == ({}, {})


def test_the_second_of_two_people_who_publish_is_told(filled, here, open_app, send, read):
    first, second = open_app(filled).view, open_app(filled).view
    for page in (first, second):
        send(page, "propose")
    assert publish(first, send)["kind"] == "success"
    after = read(filled, "pairings")
    assert publish(second, send)["kind"] == "error"
    pd.testing.assert_frame_equal(read(filled, "pairings"), after)


def test_numbers_are_those_after_publishing(proposed, send):
    page = proposed.view
    publish(page, send)
    left = len(page.proposal.unmatched)
    assert page.counts[1]["number"] == str(left)


def test_a_second_click_on_propose_does_no_harm(proposed):
    page = proposed.view

    async def twice():
        for _ in range(2):
            data = {"method": "custom", "content": {"event": "propose", "data": {}}}
            page._handle_msg({"content": {"data": data}, "buffers": []})
        while page._running:
            await asyncio.sleep(0.01)

    asyncio.run(twice())
    assert page.proposal is not None
    assert page.notice["text"] == words.say("work_running", "en")


# -- files out -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_pairs_are_a_workbook_of_everybody(proposed, send, sent_files, language):
    page = proposed.view
    send(page, "set_language", language)
    files = sent_files(page)
    send(page, "download_pairs")
    [(name, _, data)] = files
    assert name == words.say("pairs_file", language, day="2026-03-02") + ".xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    ids = [value for row in cells for value in row if re.fullmatch(r"C\d{5}", str(value))]
    assert sorted(ids) == sorted(page.children["child_id"])


def test_without_a_proposal_there_is_nothing_to_download(filled, open_app, send, sent_files):
    page = open_app(filled).view
    files = sent_files(page)
    send(page, "download_pairs")
    assert files == []
