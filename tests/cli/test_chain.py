"""From an empty file to a published match and a roster, checked against the store and the rules."""

import dataclasses

import openpyxl
import pandas as pd
import pytest

from carekit import open_store, words
from carekit.pairing import Weights
from tests.stores import copied

DAY = pd.Timestamp("2026-03-02")
OUTING_DAY = pd.Timestamp("2026-04-12")
NO = ["refused", "withdrawn"]


def active(pairings, day):
    """Pairings of volunteers on a day: since is inside, until is not."""
    until = pairings["until"]
    lasts = (pairings["since"] <= day) & (until.isna() | (until > day))
    return pairings[lasts & (pairings["scheme"] == "volunteer")]


@pytest.fixture(scope="module")
def chain(tmp_path_factory, filled_file, call):
    """One run of match and roster; the frames of the store before and after."""
    folder = tmp_path_factory.mktemp("chain")
    path = folder / "town.care"
    copied(filled_file, path)
    with open_store(path) as store:
        before = {t: store.read(t) for t in ("children", "helpers", "pairings")}
    pairs, rest = folder / "pairs.csv", folder / "unmatched.csv"
    match = ["match", path, "--publish", "--out", pairs, "--unmatched", rest, "--json"]
    told = call(*match, "--scheme", "volunteer", "--on", "2026-03-02")
    rosters = {}
    for language in words.LANGUAGES:
        out = folder / f"roster-{language}.xlsx"
        rosters[language] = (
            call("roster", path, "--outing", "O0001", "--out", out, "--language", language),
            openpyxl.load_workbook(out),
        )
    with open_store(path) as store:
        names = ("children", "helpers", "guardians", "pairings", "consents", "outings")
        after = {t: store.read(t) for t in names}
    return {
        "path": path,
        "told": told,
        "csv": [pairs, rest],
        "pairs": pd.read_csv(pairs, encoding="utf-8-sig"),
        "unmatched": pd.read_csv(rest, encoding="utf-8-sig"),
        "before": before,
        "after": after,
        "rosters": rosters,
    }


def test_the_practice_school_has_the_published_size(filled_file, call):
    told = call("demo", filled_file)
    assert told.code == 2  # filled before: nothing twice
    with open_store(filled_file) as store:
        assert store.today().isoformat() == "2026-03-02"
        assert len(store.read("children")) == 122
        assert store.read("classes")["pupils"].agg(["size", "sum"]).tolist() == [18, 743]


def test_pairs_and_unmatched_together_are_exactly_the_waiting(chain):
    children = chain["before"]["children"]
    served = active(chain["before"]["pairings"], DAY)["child_id"]
    waiting = children[children["closed_on"].isna() & ~children["child_id"].isin(served)]
    both = [*chain["pairs"]["child_id"], *chain["unmatched"]["child_id"]]
    assert sorted(both) == sorted(waiting["child_id"])
    assert len(chain["unmatched"]) > 0, "a sample without anybody left over proves little"


def test_the_reasons_of_a_pair_are_the_fields_of_weights_and_sum_to_its_cost(chain):
    pairs = chain["pairs"]
    reasons = [field.name for field in dataclasses.fields(Weights)]
    assert (pairs[reasons] >= 0).all(axis=None)
    assert pairs[reasons].sum(axis=1).tolist() == pairs["cost"].tolist()
    assert (pairs["cost"] > 0).any()


def test_pairs_csv_holds_pairs_only(chain):
    assert chain["pairs"][["child_id", "helper_id", "cost"]].notna().all(axis=None)
    assert chain["unmatched"]["code"].str.fullmatch(r"[a-z_]+").all()


@pytest.mark.parametrize("file", [0, 1])
def test_csv_files_carry_the_mark_that_excel_and_wps_want(chain, file):
    assert chain["csv"][file].read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_json_of_a_match_counts_what_the_files_hold(chain):
    told = chain["told"]
    assert told.code == 0
    said = told.json
    assert (said["pairs"], said["unmatched"]) == (len(chain["pairs"]), len(chain["unmatched"]))
    assert said["waiting"] == said["pairs"] + said["unmatched"]
    assert (said["gap"], said["bound"]) == (0, said["objective"])
    assert (said["on"], said["scheme"]) == ("2026-03-02", "volunteer")


def test_what_is_published_is_what_the_file_says(chain):
    known = chain["before"]["pairings"]["pairing_id"]
    rows = chain["after"]["pairings"]
    new = rows[~rows["pairing_id"].isin(known)]
    columns = ["child_id", "helper_id"]
    assert sorted(new[columns].itertuples(index=False, name=None)) == sorted(
        chain["pairs"][columns].itertuples(index=False, name=None)
    )
    assert (new["since"] == DAY).all()
    assert new["until"].isna().all()


def test_nobody_waits_twice_and_a_publication_can_be_taken_back(chain, tmp_path, call):
    path = tmp_path / "town.care"
    copied(chain["path"], path)
    again = call("match", path, "--json").json
    assert (again["pairs"], again["waiting"]) == (0, len(chain["unmatched"]))
    back = call("undo", path, chain["told"].json["step"], "--json")
    assert back.code == 0
    assert back.json["step"] == chain["told"].json["step"]
    assert call("match", path, "--json").json["waiting"] == chain["told"].json["waiting"]


def going(book):
    """The first sheet of a roster as records, by the place of the columns."""
    columns = ["vehicle", "group", "child_id", "child", "age", "helper", "guardian", "phone"]
    return [
        dict(zip(columns, row, strict=False))
        for row in book.worksheets[0].iter_rows(min_row=4, values_only=True)
        if row[1]
    ]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_roster_is_what_the_store_holds(chain, language):
    told, book = chain["rosters"][language]
    assert told.code == 0
    rows, tables = going(book), chain["after"]
    children = tables["children"].set_index("child_id")
    helpers = tables["helpers"].set_index("helper_id")["name"]
    own = active(tables["pairings"], OUTING_DAY).set_index("child_id")["helper_id"]
    guardians = tables["guardians"]
    assert len(rows) > 20
    for row in rows:
        child = children.loc[row["child_id"]]
        assert row["child"] == child["name"]
        assert row["helper"] == helpers[own[row["child_id"]]]
        at_home = guardians[guardians["child_id"] == row["child_id"]].set_index("name")["phone"]
        assert row["phone"] == at_home[row["guardian"].split("\n")[0]]
        birthday = child["birth_date"].replace(year=2026)
        assert row["age"] == 2026 - child["birth_date"].year - (birthday > OUTING_DAY)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_child_is_on_the_roster_once_or_among_those_not_going(chain, language):
    _, book = chain["rosters"][language]
    children = chain["after"]["children"]
    there = [row["child_id"] for row in going(book)]
    at_home = [r[0] for r in book.worksheets[2].iter_rows(min_row=4, values_only=True)]
    assert sorted(there + at_home) == sorted(children.loc[children["closed_on"].isna(), "child_id"])


def test_the_roster_keeps_places_consents_and_two_adults_a_group(chain):
    _, book = chain["rosters"]["en"]
    rows = going(book)
    adults = [r for r in book.worksheets[1].iter_rows(min_row=4, values_only=True) if r[1]]
    places = chain["after"]["outings"].set_index("outing_id").at["O0001", "places"]
    assert len(rows) + len(adults) <= places == 44
    assert {row["helper"] for row in rows} == {adult[3] for adult in adults}
    consents = chain["after"]["consents"]
    said_no = consents[consents["purpose"].eq("outing") & consents["state"].isin(NO)]["child_id"]
    assert len(said_no) > 0
    assert not set(said_no) & {row["child_id"] for row in rows}
    a_group = pd.Series([adult[1] for adult in adults]).value_counts()
    assert set(a_group.index) == {row["group"] for row in rows}
    assert a_group.min() >= 2


def test_the_roster_prints_lying_on_a4_with_its_heading_repeated(chain):
    sheet = chain["rosters"]["zh"][1].worksheets[0]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.print_title_rows == "$3:$3"
