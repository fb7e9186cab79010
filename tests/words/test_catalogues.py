"""Every message is there in every language, with the same placeholders."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from carekit import words
from carekit.words.catalogue import _catalogue

ROOT = Path(__file__).parent.parent.parent
HAN = re.compile(r"[一-鿿]")
VIEWS = sorted(ROOT.glob("carekit/**/*.vue"))


def sentences(language):
    for message in _catalogue(language):
        if message.id:
            said = message.string if isinstance(message.string, tuple) else (message.string,)
            yield (message.id if isinstance(message.id, str) else message.id[0]), said


def placeholders(sentence):
    names = {name for _, name, _, _ in Formatter().parse(sentence) if name}
    # headings_en and headings_zh are one value, each sentence taking its own language of it.
    return {re.sub(r"_(en|zh)$", "", name) for name in names}


def test_both_languages_say_the_same_codes():
    assert words.codes("en") == words.codes("zh")
    assert len(words.codes("en")) > 20


def test_no_message_is_empty_or_fuzzy():
    for language in words.LANGUAGES:
        assert [code for code, said in sentences(language) if not all(said)] == []
        assert [m.id for m in _catalogue(language) if m.id and m.fuzzy] == []


def test_chinese_is_chinese():
    # The product's name, and the button that leads to the English page, which is in English.
    meant = {"product_name", "other_language"}
    plain = [c for c, said in sentences("zh") if not HAN.search(said[0]) and c not in meant]
    # Signs, placeholders and unit symbols alone need no Chinese.
    letters = re.compile(r"[A-Za-z]{3,}")
    said = dict(sentences("zh"))
    assert [c for c in plain if letters.search(re.sub(r"\{\w+\}", "", said[c][0]))] == []


def test_placeholders_agree():
    chinese = dict(sentences("zh"))
    wrong = [
        code
        for code, said in sentences("en")
        if set().union(*map(placeholders, said)) != set().union(*map(placeholders, chinese[code]))
    ]
    assert wrong == []


def error_codes():
    """Codes given literally to our errors anywhere in the package."""
    kinds = {"CareError", "BadInput", "Stale", "NotAllowed"}
    for path in ROOT.glob("carekit/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in kinds and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def test_every_error_has_a_sentence():
    said = words.codes("en")
    codes = set(error_codes())
    assert len(codes) > 10
    assert sorted(codes - said) == []


# Codes made of a family's name and a code of a rule, a tier, a column ...
FAMILIES = (
    "blocked", "column", "not_going", "points", "roster", "rule", "step", "tier", "unmatched",
    "unit", "view", "waiting", "weight", "section", "filter", "meaning", "tile", "summary",
    "answer", "consents", "scheme_fault", "against", "common", "decided", "draft", "forbid", "lock",
    "mark", "withdraw", "blank_file", "import_see", "change",
    "admin", "check", "deed", "kept", "role_about", "backup_fine", "backup_none", "backup_old",
    "backup_failed",
)  # fmt: skip


def test_every_sentence_is_said_somewhere():
    places = ("carekit/**/*.py", "carekit/**/*.vue", "carekit/**/*.html", "carekit/**/*.j2")
    paths = [path for place in places for path in ROOT.glob(place)]
    said = set(re.findall(r"\w+", " ".join(path.read_text("utf-8") for path in paths)))
    silent = [code for code in words.codes("en") - said if not code.startswith(FAMILIES)]
    assert silent == []


def test_plural_numbers_and_days():
    assert words.say("children_waiting", "en", count=1) == "1 child is waiting"
    assert words.say("children_waiting", "zh", count=12285) == "12,285 名儿童待结对"


@pytest.mark.parametrize("path", VIEWS, ids=lambda p: p.name)
def test_no_literal_text_in_a_view(path):
    template = re.search(r"<template>(.*)</template>", path.read_text("utf-8"), re.DOTALL)
    assert template, f"{path.name} has no template"
    text = re.sub(r"<!--.*?-->", "", template[1], flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", "", text, flags=re.DOTALL)
    # Attributes that people read or hear must be bound (":label"), not written.
    spoken = r'\s(?:label|title|alt|placeholder|aria-label|text|hint|subtitle)="[^"]*\w[^"]*"'
    assert re.findall(spoken, text) == []
    between = re.findall(r">([^<]*)<", re.sub(r'"[^"]*"', '""', text))
    assert [t.strip() for t in between if re.search(r"\w", t)] == []
    assert not HAN.search(path.read_text("utf-8"))
