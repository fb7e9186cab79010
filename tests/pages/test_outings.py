"""The outings view's model: make one, see who goes, take the roster away."""

import io
import re

import openpyxl
import pytest

from carekit import words

FORM = {"title": "Old city", "day": "2026-05-09", "places": "20", "destination": "The wall"}
HAN = re.compile("[\u4e00-\u9fff]")
BAD = [
    ({"title": "  "}, "outing_form_incomplete"),
    ({"day": ""}, "outing_form_incomplete"),
    ({"places": ""}, "outing_form_incomplete"),
    ({"places": None}, "outing_form_incomplete"),
    ({"places": "many"}, "places_wrong"),
    ({"places": "-4"}, "places_wrong"),
    ({"places": "2"}, "outing_places_wrong"),
    ({"day": "soon"}, "day_wrong"),
    ({"day": "2026-02-31"}, "day_wrong"),
]


@pytest.fixture
def page(filled, open_app):
    app = open_app(filled)
    app.show("outings")
    return app.view


@pytest.fixture
def published(proposed, send):
    """The outings view after the pairs of a proposal were published."""
    send(proposed.view, "ask_publish")
    send(proposed.view, "publish")
    proposed.show("outings")
    return proposed.view


def test_an_empty_store_has_no_outing(empty, open_app):
    app = open_app(empty)
    app.show("outings")
    assert (app.view.outing_list, app.view.current) == ([], {})


def test_the_outing_of_the_sample_is_open_and_nobody_goes_before_a_match(page):
    assert [outing["id"] for outing in page.outing_list] == ["O0001"]
    assert page.current["empty"]
    assert len(page.current["not_going"]) == 122


def test_an_outing_is_made_opened_and_the_form_cleared(page, send, filled, read):
    before = page.form
    notice = send(page, "create", FORM)
    assert notice["text"] == words.say("outing_created", "en", outing="O0002", title=FORM["title"])
    assert page.form != before
    assert page.current["id"] == "O0002"
    assert page.current["title"] == "Old city"
    row = read(filled, "outings").set_index("outing_id").loc["O0002"]
    assert (row["places"], row["destination"]) == (20, "The wall")
    send(page, "open", "O0001")
    assert page.current["id"] == "O0001"
    assert [outing["here"] for outing in page.outing_list if outing["id"] == "O0001"] == [True]


def refused(page, send, change, code):
    """Whether a form is refused with the sentence of a code and stays as it was typed."""
    form, current = page.form, page.current
    notice = send(page, "create", FORM | change)
    parts = [re.escape(part) for part in words.say(code, page.language).split("…")]
    told = notice["kind"] == "error" and re.fullmatch(".+".join(parts), notice["text"])
    return bool(told) and (page.form, page.current) == (form, current)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_bad_form_stays_as_it_was_typed_and_is_told(page, send, filled, read, language):
    send(page, "set_language", language)
    for change, code in BAD:
        assert refused(page, send, change, code), (change, page.notice)
    assert len(read(filled, "outings")) == 1


def test_a_small_raised_digit_is_no_number_of_places(page, send):
    assert refused(page, send, {"places": "²"}, "places_wrong")


def test_an_outing_that_is_not_there_is_told(page, send):
    current = page.current
    notice = send(page, "open", "O0099")
    assert notice["text"] == words.say("outing_unknown", "en", outing="O0099")
    assert page.current == current


def test_the_plan_is_shown_whole(published):
    shown = published.current
    going = [child["name"] for group in shown["groups"] for child in group["children"]]
    adults = [name for group in shown["groups"] for name in group["adults"]]
    assert len(going) + len(shown["not_going"]) == 122
    assert len(going) > 20
    assert len(going) + len(adults) <= 44
    assert all(len(group["adults"]) >= 2 for group in shown["groups"])
    assert not shown["empty"]
    assert shown["verdict"]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_roster_is_a_workbook_with_those_who_go(published, send, sent_files, language):
    send(published, "set_language", language)
    files = sent_files(published)
    assert send(published, "download_roster") == {}
    [(name, kind, data)] = files
    assert name.endswith(".xlsx")
    assert "O0001" in name
    assert "spreadsheet" in kind
    book = openpyxl.load_workbook(io.BytesIO(data))
    column = [row[2] for row in book.worksheets[0].iter_rows(min_row=4, values_only=True)]
    going = [child["name"] for g in published.current["groups"] for child in g["children"]]
    assert sorted(column) == sorted(going)
    heading = "".join(str(cell.value) for cell in book.worksheets[0][3])
    assert bool(HAN.search(heading)) == (language == "zh")


def test_a_view_shown_again_knows_what_was_published_meanwhile(proposed, send):
    proposed.show("outings")
    assert proposed.view.current["empty"]
    proposed.show("matching")
    send(proposed.view, "ask_publish")
    send(proposed.view, "publish")
    proposed.show("outings")
    assert not proposed.view.current["empty"]
