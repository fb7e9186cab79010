"""Languages, faults of ours, what is logged, and a real process without a terminal."""

import json
import logging
import os
import subprocess
import sys

import pytest

from carekit import open_store, tasks, words
from carekit.store import verify

from .conftest import PASSWORD

SECRET = "王思远"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_language_may_stand_before_or_after_the_command(empty, call, language):
    before = call("--language", language, "outing", empty)
    after = call("outing", empty, "--language", language)
    assert (before.code, before.out) == (0, after.out)
    assert ("There is no outing yet" in after.out) == (language == "en")


def test_the_language_after_the_command_wins(empty, call):
    told = call("--language", "zh", "outing", empty, "--language", "en")
    assert told.out.startswith("There is no outing yet")


def test_without_a_wish_the_language_is_the_system_s(empty, monkeypatch, call):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert not call("outing", empty).out.isascii()
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert call("outing", empty).out.isascii()


def test_progress_goes_to_standard_error_in_the_language(filled, call):
    told = call("match", filled, "--json", "--language", "zh")
    assert json.loads(told.out)["gap"] == 0
    lines = [line for line in told.err.splitlines() if line.startswith("[")]
    assert len(lines) >= 4
    assert not any(line[6:].isascii() for line in lines)


def test_without_a_command_the_help_is_shown(call):
    told = call()
    assert told.code == 0
    assert "roster" in told.out
    assert told.err == ""


def test_help_and_version_are_no_errors(call):
    assert call("--help").code == call("match", "--help").code == call("--version").code == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_fault_of_ours_is_exit_code_1_and_keeps_names_to_itself(
    filled, monkeypatch, caplog, call, language
):
    def broken(*arguments, **values):
        raise ValueError(SECRET)

    monkeypatch.setattr(tasks, "propose_parts", broken)
    with caplog.at_level(logging.DEBUG):
        told = call("match", filled, "--language", language)
    assert (told.code, told.out) == (1, "")
    [sentence] = told.sentences
    assert "ValueError" in sentence
    assert SECRET not in told.err + caplog.text
    assert "Traceback" not in told.err
    assert sentence.isascii() == (language == "en")


def test_nothing_of_a_person_is_logged_or_in_the_progress(empty, data, caplog, call):
    with caplog.at_level(logging.DEBUG):
        told = call("import", empty, data / "children.xlsx", "--table", "children", "--json")
        call("import", empty, data / "helpers.xlsx", "--table", "helpers", "--json")
        matched = call("match", empty, "--publish", "--json")
    with open_store(empty) as store:
        people = [*store.read("children")["name"], *store.read("helpers")["name"]]
    assert len(people) > 200
    said = told.err + matched.err + matched.out + caplog.text
    assert [name for name in people if name in said] == []


LI = {"CAREKIT_USER": "coordinator", "CAREKIT_PASSWORD": PASSWORD}


def process(*arguments, **environment):
    """The command in a process of its own, without a terminal."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CAREKIT_")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "carekit", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env={**own, "LANG": "C.UTF-8", **environment},
        timeout=120,
    )


def test_a_process_without_a_terminal_makes_up_a_password(tmp_path):
    path = tmp_path / "new.care"
    done = process("init", path, "--practice-day", "2026-03-02", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    with open_store(path, told["user"], told["password"]) as store:
        assert verify(store, told["user"], told["password"]) is not None


def test_a_process_matches_and_prints_one_json_object(filled, tmp_path):
    pairs = tmp_path / "pairs.csv"
    done = process("match", filled, "--publish", "--out", pairs, "--json", **LI)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(pairs.read_text("utf-8-sig").splitlines()) == told["pairs"] + 1
    assert told["step"]


@pytest.mark.parametrize(("language", "word"), [("en", "There is no store at"), ("zh", "数据文件")])
def test_a_process_says_bad_input_in_one_sentence(tmp_path, language, word):
    done = process("match", tmp_path / "none.care", "--language", language)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert word in done.stderr


def test_a_process_in_an_old_locale_still_speaks_chinese(filled):
    done = process("outing", filled, "--language", "zh", LC_ALL="C", PYTHONCOERCECLOCALE="0", **LI)
    assert done.returncode == 0, done.stderr
    assert "O0001" in done.stdout


def test_a_process_unlocks_as_who_it_is_told(filled):
    """With the password of the user nobody named; with none, or a wrong one, not at all."""
    assert process("outing", filled, CAREKIT_PASSWORD=PASSWORD).returncode == 0
    for given in ({}, {"CAREKIT_USER": "coordinator"}, {"CAREKIT_PASSWORD": "a guess at it"}):
        done = process("outing", filled, **given)
        assert (done.returncode, done.stdout) == (2, "")
        assert "CAREKIT_PASSWORD" in done.stderr
    done = process("outing", filled, **LI | {"CAREKIT_PASSWORD": "a guess at it"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip() == words.say("password_wrong", "en")
