"""Bad input: exit code 2, one sentence with the cure in the person's language, nothing changed."""

import re

import openpyxl
import pytest

from carekit import open_store, words

HAN = re.compile(r"[\u4e00-\u9fff]")


def is_sentence(line, code, language):
    """Whether a line is the sentence of a code, whatever stands in its placeholders."""
    parts = words.say(code, language).split("…")
    return re.fullmatch(".+".join(re.escape(part) for part in parts), line) is not None


@pytest.fixture
def place(tmp_path, filled, data):
    """A folder with everything a call can be given that is no good."""
    (tmp_path / "no.care").write_bytes(b"SQLite format 3\0 not really" * 40)
    (tmp_path / "text.care").write_text("no store", "utf-8")
    (tmp_path / "nothing.xlsx").write_bytes(b"")
    (tmp_path / "picture.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 200)
    (tmp_path / "broken.xlsx").write_bytes((data / "children.xlsx").read_bytes()[:500])
    (tmp_path / "other.csv").write_text("颜色,大小\n红,3\n", "utf-8")
    (tmp_path / "bare.csv").write_text("姓名,性别\n", "utf-8")
    book = openpyxl.Workbook()
    book.active.append(["Colour", "Size"])
    book.save(tmp_path / "headings.xlsx")
    (tmp_path / "helpers.xlsx").write_bytes((data / "helpers.xlsx").read_bytes())
    return tmp_path


CALLS = {
    "match none.care": "store_missing",
    "import none.care other.csv --table children": "store_missing",
    "roster none.care --outing O0001 --out r.xlsx": "store_missing",
    "serve none/none.care": "folder_missing",
    "match no.care": "not_a_store",
    "match text.care": "not_a_store",
    "demo text.care": "not_a_store",
    "users text.care add someone": "not_a_store",
    "import town.care gone.xlsx --table children": "file_missing",
    "import town.care nothing.xlsx --table children": "file_empty",
    "import town.care picture.xlsx --table children": "file_not_spreadsheet",
    "import town.care broken.xlsx --table children": "file_not_spreadsheet",
    "import town.care other.csv --table children": "heading_missing",
    "import town.care headings.xlsx --table helpers": "heading_missing",
    "import town.care helpers.xlsx --table children": "sheet_other_kind",
    "import town.care bare.csv --table children": "file_no_rows",
    "import town.care other.csv": "usage_wrong",
    "import town.care other.csv --table pets": "usage_wrong",
    "match town.care --scheme friends": "scheme_unknown",
    "match town.care --weight nearness=3": "weight_unknown",
    "match town.care --weight distance": "weight_wrong",
    "match town.care --weight distance=-1": "weight_wrong",
    "match town.care --weight need=2.5 --publish": "weight_wrong",
    "match town.care --weight distance=1000001": "weight_wrong",
    "match town.care --on 2026-02-31": "day_wrong",
    "match town.care --on soon --publish": "day_wrong",
    "match town.care --publish --out none/pairs.csv": "folder_missing",
    "match town.care --publish --out pairs.csv --unmatched none/u.csv": "folder_missing",
    "match town.care --publish --out .": "target_is_folder",
    "roster town.care --outing O0099 --out r.xlsx": "outing_unknown",
    "roster town.care --outing O0001 --out none/r.xlsx": "folder_missing",
    "roster town.care --outing O0001": "usage_wrong",
    "outing town.care --title Wall": "outing_incomplete",
    "outing town.care --day 2026-05-09 --places 9": "outing_incomplete",
    "outing town.care --title Wall --day soon --places 9": "day_wrong",
    "outing town.care --title Wall --day 2026-05-09 --places 2": "outing_places_wrong",
    "outing town.care --title Wall --day 2026-05-09 --places many": "usage_wrong",
    "undo town.care S999999": "step_unknown",
    "undo town.care S000001": "undo_never",
    "demo town.care": "store_not_empty",
    "demo town.care --size country": "usage_wrong",
    "init town.care": "store_exists",
    "init none/town.care": "folder_missing",
    "init new.care --practice-day soon": "day_wrong",
    "frobnicate town.care": "usage_wrong",
    "match": "usage_wrong",
    "match town.care --frobnicate": "usage_wrong",
}


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("line", CALLS)
def test_bad_input_is_one_sentence_and_changes_nothing(place, monkeypatch, call, line, language):
    monkeypatch.chdir(place)
    monkeypatch.setenv("CAREKIT_PASSWORD", "")

    def files():
        """All but the store: what was read before the refusal is noted in its audit."""
        return {p: p.read_bytes() for p in place.iterdir() if not p.name.startswith("town.care")}

    before = files()
    keys = (place / "town.care.keys").read_bytes()
    with open_store("town.care") as store:
        steps = len(store.steps())
    told = call("--language", language, *line.split())
    assert told.code == 2
    assert told.out == ""
    [sentence] = told.sentences
    assert is_sentence(sentence, CALLS[line], language), sentence
    assert bool(HAN.search(sentence)) == (language == "zh")
    with open_store("town.care") as store:
        assert len(store.steps()) == steps
        assert set(store.audit()["deed"]) <= {"init", "demo", "write", "read"}
    after = files()
    assert (place / "town.care.keys").read_bytes() == keys
    made = {path.name for path in after.keys() - before.keys()}
    assert made <= {"pairs.csv"}  # written before the second file failed; nothing was published
    assert {path: after[path] for path in before} == before


def test_a_store_that_is_damaged_is_told_and_left_alone(filled, call):
    whole = filled.read_bytes()
    filled.write_bytes(whole[: len(whole) // 2])
    half = filled.read_bytes()
    told = call("match", filled)
    assert told.code == 2
    assert is_sentence(told.sentences[-1], "store_damaged", "en")
    assert filled.read_bytes() == half


def test_a_step_is_not_taken_back_twice(filled, call):
    step = call("outing", filled, "--title", "A", "--day", "2026-05-09", "--places", 9, "--json")
    assert step.code == 0
    with open_store(filled) as store:
        last = store.steps()["step_id"].iloc[-1]
    assert call("undo", filled, last).code == 0
    told = call("undo", filled, last)
    assert told.code == 2
    assert is_sentence(told.sentences[-1], "undo_twice", "en")
