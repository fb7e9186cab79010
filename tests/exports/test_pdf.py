"""The roster as PDF, read back: every child once, right helper, right phone, no blank letters."""

import io
import re
from types import SimpleNamespace

import pandas as pd
import pypdf
import pytest

from carekit import exports, outings, words
from carekit.errors import BadInput
from carekit.exports import fonts

RARE = ["㐀明", "𠮷小红", "䶮大山", "王思远", "#evil[x]", "= <b>"]


def parts(count=60):
    ids = [f"C{n:05d}" for n in range(count)]
    vehicle = [1 + n * 2 // count for n in range(count)]
    helper = [f"帮扶人{n // 3}号" for n in range(count)]
    listed = pd.DataFrame(
        {
            "vehicle": vehicle,
            "group": [1 + n // 6 for n in range(count)],
            "child_id": ids,
            "child": [f"{RARE[n % len(RARE)]}{n}" for n in range(count)],
            "age": pd.array([None if n == 3 else 9 for n in range(count)], dtype="Int64"),
            "helper_id": [f"H{n // 3:05d}" for n in range(count)],
            "helper": helper,
            "helper_phone": [f"139{n // 3:08d}" for n in range(count)],
            "guardian": [f"奶奶{n}" for n in range(count)],
            "guardian_phone": [f"138{n:08d}" for n in range(count)],
            "guardian_role": "guardian",
            "health": ["先天性心脏病术后，避免剧烈运动" if n == 5 else None for n in range(count)],
            "allergies": ["花生过敏" if n == 7 else None for n in range(count)],
            "consent": ["pending" if n == 9 else "given" for n in range(count)],
            "signature": None,
        }
    )
    adults = listed.drop_duplicates("helper_id").rename(columns={"helper_phone": "phone"})
    adults = adults[["vehicle", "group", "helper_id", "helper", "phone"]].assign(children=3)
    outing = outings.Outing(
        "园艺博览园", on="2026-04-12", places=90, outing_id="O0001", vehicles=(45, 45)
    )
    return listed, adults, outing


@pytest.fixture(params=words.LANGUAGES)
def language(request):
    return request.param


def written(given, language):
    target = io.BytesIO()
    exports.roster_pdf(*given, target, language)
    return target.getvalue()


@pytest.fixture
def pages(language):
    reader = pypdf.PdfReader(io.BytesIO(written(parts(), language)))
    return [(page, page.extract_text()) for page in reader.pages]


def squeezed(text):
    return re.sub(r"\s+", "", text)


def test_every_child_is_there_once_with_helper_and_phones(pages):
    text = squeezed(" ".join(text for _, text in pages))
    listed, adults, _ = parts()
    for row in listed.itertuples():
        found = [m.start() for m in re.finditer(re.escape(row.guardian_phone), text)]
        assert len(found) == 1, row.child
        before = text[max(found[0] - 60, 0) : found[0]]
        pattern = re.escape(squeezed(row.child)) + r"(9|\?|不详)" + re.escape(row.helper)
        assert re.search(pattern, before)
        assert row.helper_phone in before
    for row in adults.itertuples():
        assert text.count(row.phone) == 3 + 1  # beside each child, and in the list of adults


def test_no_letter_is_blank(pages):
    assert not any("\x00" in text for _, text in pages)


def test_a4_lying_with_heading_and_page_number_on_every_page(pages, language):
    assert len(pages) > 3
    heads = [words.say(f"roster_{name}", language) for name in ("guardian", "signature")]
    for number, (page, text) in enumerate(pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)
        assert f"{number}/{len(pages)}" in squeezed(text)
        assert squeezed(heads[1]) in squeezed(text)
        assert squeezed(words.say("roster_confidential", language)) in squeezed(text)
    assert sum(squeezed(heads[0]) in squeezed(text) for _, text in pages) == len(pages) - 1


def test_no_text_is_smaller_than_ten_points_but_the_footer(language):
    sizes = set()

    def look(text, _cm, tm, _font, size):
        if text.strip():
            sizes.add(round(size * abs(tm[3]), 1))

    reader = pypdf.PdfReader(io.BytesIO(written(parts(6), language)))
    reader.pages[0].extract_text(visitor_text=look)
    assert sorted(sizes)[0] == 9  # the footer
    assert sorted(sizes)[1] >= 10


def test_each_vehicle_begins_a_page(pages, language):
    first = [squeezed(words.say("vehicle_number", language, n=n)) for n in (1, 2)]
    listed, _, _ = parts()
    for _, text in pages[:-1]:
        on_it = set(listed.loc[[p in text for p in listed["guardian_phone"]], "vehicle"])
        assert len(on_it) <= 1
    assert first[0] in squeezed(pages[0][1])


def test_equal_rosters_give_equal_bytes(language):
    assert written(parts(4), language) == written(parts(4), language)


def test_a_roster_of_nobody(language):
    listed, adults, outing = parts(4)
    data = written((listed[:0], adults[:0], outing), language)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    assert text.count(words.say("roster_nobody", language)) == 2


@pytest.fixture
def only(monkeypatch):
    """A computer with only these fonts."""

    def only_(*families):
        here = tuple(font for font in fonts.installed() if font.family in families)
        monkeypatch.setattr(fonts, "installed", lambda: here)

    return only_


def test_without_a_chinese_font_nothing_is_printed(only):
    only("Liberation Sans")
    with pytest.raises(BadInput) as refused:
        written(parts(4), "zh")
    assert refused.value.code == "pdf_font_missing"


def test_a_letter_no_font_has_is_named():
    listed, adults, outing = parts(4)
    listed["child"] = ["王思远", "\U00031350", "\ue123", "李"]
    with pytest.raises(BadInput) as refused:
        written((listed, adults, outing), "zh")
    assert refused.value.code == "pdf_letters_missing"
    assert refused.value.values["letters"] == "\U00031350"


def test_a_broken_font_file_is_no_font(tmp_path, monkeypatch):
    broken = tmp_path / "a.ttf"
    broken.write_bytes(b"no font")
    font = SimpleNamespace(path=str(broken), index=0, family="Noto Sans CJK SC")
    monkeypatch.setattr(fonts, "installed", lambda: (font,))
    with pytest.raises(BadInput) as refused:
        fonts.families_for(["王"])
    assert refused.value.code == "pdf_font_missing"
