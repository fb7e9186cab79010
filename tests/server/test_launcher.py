"""What the launcher opens, refuses and leaves shut."""

import importlib.metadata
import re
import socket

import pytest

from carekit import tables
from carekit.errors import BadInput
from carekit.server import answers, launcher
from carekit.server.web import TEMPLATES, language_of
from carekit.store import rules
from carekit.words import codes

FOREIGN = re.compile(r"""(?:src|href|url|@import)\s*[=(]?\s*["'(]?\s*(?:https?:)?//""", re.I)


def test_our_templates_name_no_other_machine():
    texts = {path.name: path.read_text("utf-8") for path in TEMPLATES.rglob("*.*")}
    assert {
        "signin.html",
        "first.html",
        "first_done.html",
        "first.js",
        "error.html",
        "index.html.j2",
        "conf.json",
    } <= set(texts)
    assert [name for name, text in texts.items() if FOREIGN.search(text)] == []


def test_every_word_of_the_templates_is_known():
    texts = [path.read_text("utf-8") for path in TEMPLATES.rglob("*.*")]
    said = {code for text in texts for code in re.findall(r"""\bsay\("(\w+)"[,)]""", text)}
    said |= {code for text in texts for code in re.findall(r"\bwords\.(\w+)", text)}
    assert len(said) > 10
    assert sorted((said | set(answers.LOADING_WORDS)) - codes("en")) == []


def test_templates_carry_no_words_of_their_own():
    for name in ("signin.html", "first.html", "first_done.html", "error.html"):
        text = (TEMPLATES / name).read_text("utf-8")
        bare = re.sub(r"(?s)\{[{%].*?[}%]\}|<[^>]*>", "", text)
        assert re.findall(r"\w{2,}", bare) == []


def test_every_role_has_a_notebook_and_nobody_else():
    roles = tables.choices("role")
    assert sorted(rules.roles()) == sorted(roles.index)
    for role in rules.roles():
        assert launcher.app_notebook(rules.app(role)).name == f"{rules.app(role)}.ipynb"
    with pytest.raises(BadInput) as refused:
        launcher.app_notebook("nobody")
    assert refused.value.code == "notebook_missing"


def test_a_port_in_use_is_a_sentence():
    app = launcher.CareVoila()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        app.port, app.ip = taken.getsockname()[1], "127.0.0.1"
        with pytest.raises(BadInput) as refused:
            app.listen()
    assert refused.value.code == "port_taken"


def test_voila_is_told_to_open_nothing_by_itself(tmp_path):
    config = launcher.settings_for(tmp_path / "a.ipynb", 0)
    assert config.Voila.ip == "127.0.0.1"
    assert config.Voila.config_file_paths == []
    assert config.VoilaConfiguration.allow_template_override == "NO"
    assert config.VoilaConfiguration.file_allowlist == []
    assert config.VoilaConfiguration.preheat_kernel is False
    assert "jupyterlab_pygments" not in config.VoilaConfiguration.extension_allowlist


@pytest.mark.parametrize(
    ("asked", "cookie", "browser", "expected"),
    [
        ("zh", "en", "en", "zh"),
        ("", "zh", "en", "zh"),
        ("", None, "zh-CN,en;q=0.5", "zh"),
        ("fr", "<script>", "fr", "en"),
    ],
)
def test_the_language_is_asked_remembered_or_the_browsers(asked, cookie, browser, expected):
    class Handler:
        request = type("Request", (), {"headers": {"Accept-Language": browser}})
        set_cookie = get_query_argument = get_cookie = None

    handler = Handler()
    kept = {}
    handler.get_query_argument = lambda name, default: asked
    handler.get_cookie = lambda name: cookie
    handler.set_cookie = lambda name, value, **_: kept.update({name: value})
    assert language_of(handler) == expected
    assert kept == ({"carekit-language": asked} if asked == expected else {})


def test_voila_is_new_enough_for_the_shapes_we_rely_on():
    version = importlib.metadata.version("voila").split(".")
    assert tuple(map(int, version[:2])) >= (0, 5)
