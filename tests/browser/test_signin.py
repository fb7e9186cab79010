"""Signing in and the parts of the kit, with real clicks."""

import time
import zlib

import psutil
import pytest
from playwright.sync_api import expect

from carekit.words import say


def shown(page, name):
    return page.locator(f"[data-test={name}]")


def until(check, seconds=20.0):
    """Ask again until it holds; for what happens on the server after a page is gone."""
    end = time.monotonic() + seconds
    while not (answer := check()) and time.monotonic() < end:
        time.sleep(0.1)
    return answer


def kernel_of(page):
    return page.evaluate(
        "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"
    )


def test_a_wrong_password_gets_a_sentence_and_nothing_else(page, address):
    page.goto(address)
    expect(page.get_by_role("heading")).to_have_text(say("signin_title", "en"))
    page.locator("#user").fill("li.na")
    page.locator("#password").fill("green tea 8")
    page.locator("#sign-in").click()
    expect(page.get_by_role("alert")).to_contain_text(say("signin_wrong", "en"))
    expect(page.locator("#user")).to_have_value("li.na")
    expect(page.locator("#password")).to_have_value("")
    assert page.problems.pop().endswith("401 (Unauthorized)")  # the browser's own note of it
    page.locator("#password").fill("green tea 7")
    page.keyboard.press("Enter")
    expect(shown(page, "person")).to_have_text("li.na")


def test_the_sign_in_page_speaks_the_browsers_language_and_can_be_switched(open_page, address):
    page = open_page(language="zh")
    page.goto(address)
    expect(page.get_by_role("heading")).to_have_text(say("signin_title", "zh"))
    page.get_by_role("link", name=say("other_language", "zh")).click()
    expect(page.get_by_role("heading")).to_have_text(say("signin_title", "en"))
    page.goto(address)
    expect(page.get_by_role("heading")).to_have_text(say("signin_title", "en"))


def test_a_click_reaches_python_and_the_language_changes_in_place(page, address, sign_in):
    sign_in(page, address)
    kernel = kernel_of(page)
    shown(page, "click").click()
    expect(shown(page, "counted")).to_have_text(say("children_waiting", "en", count=1))
    shown(page, "click").click()
    expect(shown(page, "counted")).to_have_text(say("children_waiting", "en", count=2))
    shown(page, "language").click()
    expect(shown(page, "title")).to_have_text(say("signin_title", "zh"))
    expect(shown(page, "counted")).to_have_text(say("children_waiting", "zh", count=2))
    assert kernel_of(page) == kernel
    page.reload()
    expect(shown(page, "title")).to_have_text(say("signin_title", "zh"))


def test_files_come_out_and_go_in_under_chinese_names(page, address, sign_in):
    sign_in(page, address)
    with page.expect_download() as waiting:
        shown(page, "download").click()
    assert waiting.value.suggested_filename == "名单 – 第1组.csv"
    got = waiting.value.path().read_bytes().decode("utf-8-sig")
    assert got == "姓名\r\n王思远\r\n"
    content = bytes(range(256)) * 4 * 1024 * 12  # 12 MB: more than the socket's usual limit
    file = {"name": "儿童 名单.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    expected = f"儿童 名单.csv {len(content)} {zlib.crc32(content)}"
    expect(shown(page, "got")).to_have_text(expected)


def test_a_file_too_large_or_empty_is_refused_before_it_is_sent(page, address, sign_in, tmp_path):
    sign_in(page, address)
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(33 * 2**20)
    page.locator("input[type=file]").set_input_files(large)
    expect(shown(page, "notice")).to_contain_text(
        say("upload_too_big", "en", name="large.csv", most=30)
    )
    empty = {"name": "empty.csv", "mimeType": "text/csv", "buffer": b""}
    page.locator("input[type=file]").set_input_files(empty)
    expect(shown(page, "notice")).to_contain_text(say("upload_empty", "en", name="empty.csv"))
    shown(page, "click").click()  # and the page still lives
    expect(shown(page, "counted")).to_have_text(say("children_waiting", "en", count=1))


def test_faults_become_sentences_and_names_stay_text(page, address, sign_in, folder):
    sign_in(page, address)
    shown(page, "fail-yours").click()
    name = "<img src=x onerror=document.title='caught'>"
    expect(shown(page, "notice")).to_contain_text(say("outing_unknown", "en", outing=name))
    assert page.locator(".care-notice img").count() == 0
    assert page.title() == "carekit"
    shown(page, "fail-ours").click()
    expected = say("event_failed", "en", reference="")
    expect(shown(page, "notice")).to_contain_text(expected[:20])
    assert "must not be shown" not in page.content()
    assert "must not be shown" not in (folder / "server.log").read_text(encoding="utf-8")
    assert "ValueError at" in (folder / "server.log").read_text(encoding="utf-8")


def test_a_long_step_shows_progress_leaves_the_page_alive_and_can_be_cancelled(
    page, address, sign_in
):
    sign_in(page, address)
    shown(page, "work").click()
    expect(shown(page, "progress")).to_contain_text("counting")
    first = shown(page, "progress").inner_text()
    expect(shown(page, "progress")).not_to_have_text(first, timeout=2_000)
    shown(page, "click").click()
    expect(shown(page, "counted")).to_have_text(
        say("children_waiting", "en", count=1), timeout=2_000
    )
    shown(page, "cancel").click()
    expect(shown(page, "notice")).to_contain_text(say("work_cancelled", "en"))
    expect(shown(page, "progress")).to_have_count(0)
    shown(page, "short-work").click()
    expect(shown(page, "got")).to_have_text("work 1 0")


def test_signing_out_leads_back_to_the_sign_in_page(page, address, sign_in):
    sign_in(page, address)
    shown(page, "person").click()
    shown(page, "sign-out").click()
    expect(page.get_by_role("alert")).to_contain_text(say("signed_out", "en"))
    page.goto(address)
    expect(page.locator("#password")).to_be_visible()


def test_closing_the_tab_ends_its_kernel_and_no_other(open_page, address, sign_in):
    page = open_page()
    sign_in(page, address)
    closing = page.context.new_page()
    closing.goto(address)
    closing.wait_for_selector("[data-test=title]")
    kernel = f"{address}api/kernels/{kernel_of(closing)}"
    assert page.request.get(kernel).status == 200
    closing.close()
    assert until(lambda: page.request.get(kernel).status == 403)
    assert page.request.get(f"{address}api/kernels/{kernel_of(page)}").status == 200


NOTICED = 20_000  # milliseconds; four seconds on a machine that does nothing else


def kill_kernel(page):
    """What a full memory or a power cut does: SIGKILL, without a goodbye."""
    mine = f"kernel-{kernel_of(page)}.json"
    killed = [one for one in psutil.process_iter(["cmdline"]) if mine in str(one.info["cmdline"])]
    for one in killed:
        one.kill()
    assert killed


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_a_killed_kernel_is_noticed_explained_and_opened_again(
    open_page, address, sign_in, language
):
    page = open_page(language=language)
    page.goto(f"{address}login?lang={language}")
    sign_in(page, address)
    expect(page.locator("#care-ended")).to_be_hidden()
    kill_kernel(page)
    expect(page.locator("#care-ended")).to_contain_text(
        say("page_ended", language), timeout=NOTICED
    )
    expect(shown(page, "title")).to_be_hidden()  # who sits there now may be somebody else
    page.get_by_role("button", name=say("page_reload", language)).click()
    page.wait_for_load_state()
    expect(shown(page, "title")).to_be_visible()
    expect(page.locator("#care-ended")).to_be_hidden()
    page.problems[:] = [p for p in page.problems if "403" not in p and "WebSocket" not in p]


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_a_lost_server_is_noticed_and_explained_until_it_is_back(
    open_page, address, sign_in, language
):
    page = open_page(language=language)
    page.goto(f"{address}login?lang={language}")
    sign_in(page, address)
    page.context.set_offline(True)
    said = say("page_lost", language)
    expect(page.locator("#care-ended")).to_contain_text(said, timeout=NOTICED)
    expect(page.get_by_role("button", name=say("page_reload", language))).to_be_hidden()
    page.context.set_offline(False)
    expect(page.locator("#care-ended")).to_be_hidden(timeout=NOTICED)
    gone = ("ERR_INTERNET_DISCONNECTED", "WebSocket")
    page.problems[:] = [p for p in page.problems if not any(word in p for word in gone)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off(open_page, address, sign_in, language):
    page = open_page(language=language)

    def widths():
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            yield width

    page.goto(address)
    assert len([*widths()]) == 2
    sign_in(page, address)
    for width in widths():
        box = page.locator(".care-page").bounding_box()
        assert (box["x"], box["width"]) == (0, pytest.approx(width, abs=16))
        left = shown(page, "title").bounding_box()["x"]
        assert 8 <= left <= 60
