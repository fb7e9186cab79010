"""Matches by other schemes than the volunteers', and by a file of the branch's own."""

import pandas as pd
import pytest

from carekit import open_store

OWN = (
    'code = "official"\nkinds = ["teacher"]\nmost = 1\nrules = ["ready", "adult", "same_school"]\n'
)


@pytest.mark.parametrize(("scheme", "least"), [("teacher", 50), ("peer", 12)])
def test_a_scheme_by_its_name(call, filled, scheme, least):
    told = call("match", filled, "--scheme", scheme, "--json")
    assert told.code == 0
    assert (told.json["scheme"], told.json["gap"]) == (scheme, 0)
    assert told.json["pairs"] >= least and "parts" not in told.json


def test_both_parts_of_one_to_one_in_one_file_and_one_step(call, filled, tmp_path):
    out, rest = tmp_path / "pairs.csv", tmp_path / "rest.csv"
    files = ("--out", out, "--unmatched", rest)
    told = call("match", filled, "--scheme", "one_to_one", "--publish", "--json", *files)
    pairs = pd.read_csv(out, encoding="utf-8-sig")
    assert pairs.columns[0] == "scheme"
    counts = {part["scheme"]: part["pairs"] for part in told.json["parts"]}
    assert pairs["scheme"].value_counts().to_dict() == counts
    assert told.json["pairs"] == sum(counts.values()) == len(pairs)
    assert len(pd.read_csv(rest, encoding="utf-8-sig")) == told.json["unmatched"]
    with open_store(filled) as store:
        now = store.read("pairings").query("until.isna()")
    assert now["scheme"].value_counts().to_dict() == counts


@pytest.mark.parametrize(("language", "words"), [("en", ["teacher", "peer"]), ("zh", ["教师结对"])])
def test_one_to_one_in_sentences(call, filled, language, words):
    told = call("match", filled, "--scheme", "one_to_one", "--language", language)
    assert told.code == 0 and len(told.out.splitlines()) == 2
    assert all(word in told.out for word in words)


def test_a_file_of_the_branch_is_kept_when_it_is_published(call, filled, tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(OWN, encoding="utf-8")
    assert call("match", filled, "--scheme", "official").code == 2
    told = call("match", filled, "--scheme-file", file, "--publish", "--json")
    assert (told.code, told.json["pairs"], told.json["scheme"]) == (0, 30, "official")
    assert call("match", filled, "--scheme", "official").code == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_broken_file_is_told_in_one_sentence(call, filled, tmp_path, language):
    file = tmp_path / "own.toml"
    for text, named in ((OWN + "colour = 1", "colour"), (OWN.replace("adult", "zodiac"), "zodiac")):
        file.write_text(text, encoding="utf-8")
        told = call("match", filled, "--scheme-file", file, "--language", language)
        assert told.code == 2 and named in told.sentences[0] and len(told.sentences) == 1
    file.write_bytes(b"\xff\xfe")
    assert call("match", filled, "--scheme-file", file).code == 2
    assert call("match", filled, "--scheme-file", tmp_path / "none.toml").code == 2
    assert call("match", filled, "--scheme-file", file, "--scheme", "peer").code == 2
