"""A name that is markup or a formula stays text in every trait and every file."""

import io
import json

import openpyxl
import pandas as pd
import pypdf
import pytest

from carekit.store import open_store

NAMES = ["<img src=x onerror=alert(1)>", '=HYPERLINK("http://x")', "{{ 7 * 7 }}", "王</script>思"]
TITLE = "=1+1<b>day</b>"
PAPERS = ["records_check", "training", "commitment"]


@pytest.fixture
def hostile(empty):
    """Four children and four helpers whose names are not nice; everybody can be paired."""
    count = len(NAMES)
    shared = {
        "name": NAMES,
        "sex": "female",
        "languages": "mandarin",
        "free_times": "sunday_morning",
        "village_id": "V0001",
    }
    children = pd.DataFrame({**shared, "birth_date": pd.Timestamp("2015-05-01")})
    helpers = pd.DataFrame(
        {
            **shared,
            "kind": "volunteer",
            "birth_date": pd.Timestamp("1990-05-01"),
            "places": 1,
            "reach_km": 5,
        }
    )
    ids = [f"H{number:05}" for number in range(1, count + 1)]
    trainings = pd.DataFrame(
        {
            "helper_id": [helper for helper in ids for _ in PAPERS],
            "kind": PAPERS * count,
            "day": pd.Timestamp("2026-02-01"),
            "hours": 3.0,
        }
    )
    village = {
        "village_id": ["V0001"],
        "name": [NAMES[0]],
        "longitude": [115.0],
        "latitude": [25.0],
    }
    outing = {"title": [TITLE], "day": [pd.Timestamp("2026-04-12")], "places": [20]}
    with open_store(empty, actor="li.na") as store:
        store.write(
            {
                "villages": pd.DataFrame(village),
                "children": children,
                "helpers": helpers,
                "outings": pd.DataFrame(outing),
            }
        )
        store.write("trainings", trainings)
    return empty


def texts(book):
    """Every cell of a workbook: (kind of cell, value)."""
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.hyperlink for cell in cells)
    return [(cell.data_type, cell.value) for cell in cells if cell.value is not None]


def test_names_stay_text_from_the_store_to_the_file(hostile, here, open_app, send, sent_files):
    app = open_app(hostile)
    page = app.shown
    assert send(page, "propose") == {}
    rows = [row["cells"] for row in page.tables["pairs"]["rows"]]
    assert sorted(row["child"]["name"] for row in rows) == sorted(NAMES)
    assert sorted(row["helper"] for row in rows) == sorted(NAMES)
    assert all(row["child"]["soft"] == NAMES[0] for row in rows)

    files = sent_files(page)
    send(page, "download_pairs")
    cells = texts(openpyxl.load_workbook(io.BytesIO(files[0][2])))
    assert "f" not in {kind for kind, _ in cells}
    for name in NAMES:
        assert ("s", name) in cells

    send(page, "ask_publish")
    assert send(page, "answer", True) == {}
    assert page.published
    app.show("outings")
    page = app.shown
    send(page, "open_row", {"table": "outings", "key": "O0001"})
    send(page, "make_groups")
    assert page.heading["title"] == TITLE
    send(page, "go", "groups")
    going = [child["name"] for group in page.groups for child in group["children"]]
    assert sorted(going) == sorted(NAMES)
    files = sent_files(page)
    send(page, "download_roster")
    cells = texts(openpyxl.load_workbook(io.BytesIO(files[0][2])))
    assert "f" not in {kind for kind, _ in cells}
    for name in NAMES:
        assert ("s", name) in cells
    assert send(page, "download_roster", "pdf")["kind"] == "info"
    printed = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(files[1][2])).pages
    )
    for name in NAMES:
        assert "".join(name.split()) in "".join(printed.split())


def test_names_are_searched_as_text(hostile, here, open_app, send):
    page = open_app(hostile).shown
    send(page, "propose")
    for name in NAMES:
        send(page, "ask_table", {"id": "pairs", "query": name})
        assert name in [row["cells"]["child"]["name"] for row in page.tables["pairs"]["rows"]]


def test_a_hostile_cell_of_an_upload_stays_text(empty, here, open_app, send, read):
    page = open_app(empty, view="register").shown
    name = '"=HYPERLINK(""http://x"")"'
    rows = f"姓名,性别,<b>列</b>\n<img src=x onerror=alert(1)>,<i>猫</i>,1\n{name},女,2\n".encode()
    send(page, "upload", {"sheet": "children", "name": "<b>list</b>.csv", "size": len(rows)}, rows)
    seen = page.imports["children"]["seen"]
    assert "<b>列</b>" in [column["heading"] for column in seen["columns"]]
    assert json.dumps(
        page.imports
    )  # plain values only: nothing the browser would make an object of
    assert send(page, "bring_in", "children")["kind"] == "success"
    assert sorted(read(empty, "children")["name"]) == sorted(NAMES[:2])
    assert "<i>猫</i>" in json.dumps(page.imports, ensure_ascii=False)


def test_an_outing_with_a_hostile_title_is_told_as_text(hostile, open_app, send):
    page = open_app(hostile, view="outings").shown
    send(page, "new_outing")
    form = {"title": NAMES[0], "day": "2026-05-09", "places": "9"}
    assert NAMES[0] in send(page, "save_form", form)["text"]
    assert page.heading["title"] == NAMES[0]
    with open_store(hostile, actor="li.na") as store:
        assert NAMES[0] in set(store.read("outings")["title"])
