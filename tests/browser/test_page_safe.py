"""What a page does with scripts that are not its own, with too much at once, and when its widgets
do not come."""

import pytest
from playwright.sync_api import expect

from carekit.server.answers import MESSAGE_BYTES
from carekit.words import say
from tests.browser.forging import KEEP_LINES

INJECTED = """() => {
  const script = document.createElement("script");
  script.textContent = "window.careHit = 'script'";
  document.body.append(script);
  const stolen = document.createElement("script");
  stolen.setAttribute("nonce", document.querySelector("script[nonce]").getAttribute("nonce"));
  stolen.textContent = "window.careHit = 'number'";
  document.body.append(stolen);
  const place = document.createElement("div");
  place.innerHTML = "<img src='data:,' onerror='window.careHit = 1'>"
    + "<svg onload='window.careHit = 2'></svg><a id='care-link' href='javascript:careHit=3'>x</a>"
    + "<iframe srcdoc='<script>parent.careHit = 4</script>'></iframe>"
    + "<object data='data:text/html,x'></object><base href='http://evil.example/'>";
  document.body.append(place);
  document.getElementById("care-link").click();
}"""


def test_a_script_that_got_into_the_page_does_not_run(page, address, sign_in):
    sign_in(page, address)
    page.evaluate(INJECTED)
    page.wait_for_timeout(500)
    assert page.evaluate("window.careHit") is None
    assert page.evaluate("document.baseURI").startswith(address)
    refused = [one for one in page.problems if "Content Security Policy" in one]
    assert len(refused) >= 5
    page.problems.clear()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_too_much_at_once_is_said_and_the_page_goes_on(open_page, address, sign_in, language):
    page = open_page(language=language)
    page.add_init_script(KEEP_LINES)
    page.goto(f"{address}login?lang={language}")
    sign_in(page, address)
    too_much = "(n) => window.careLines.at(-1).send(new ArrayBuffer(n))"
    page.evaluate(too_much, MESSAGE_BYTES + 1)
    told = page.locator("#care-ended")
    expect(told).to_contain_text(say("page_too_big", language))
    expect(told.locator("button")).to_be_hidden()  # nothing has to be opened again
    page.locator("[data-test=click]").click()
    expect(page.locator("[data-test=counted]")).to_have_text(
        say("children_waiting", language, count=1)
    )
    assert page.evaluate("window.careLines.at(-1).readyState") == 1


MISSING = """
if (Number(sessionStorage.getItem("seen") || 0) < TIMES) {
  new MutationObserver((_, watch) => {
    const body = document.getElementById("rendered_cells");
    if (!body) return;
    watch.disconnect();
    sessionStorage.setItem("seen", Number(sessionStorage.getItem("seen") || 0) + 1);
    const lost = document.createElement("div");
    lost.textContent = "Error displaying widget: model not found";
    lost.classList.add("jupyter-widgets");
    document.body.append(lost);
  }).observe(document, { childList: true, subtree: true });
}
"""


def counted(page, address, times):
    """Sign in where the widgets do not come so many times; gives how often the page was opened."""
    opened = []
    page.on("request", lambda one: opened.append(1) if one.url == address else 0)
    page.goto(address)
    page.locator("#user").fill("li.na")
    page.locator("#password").fill("green tea 7")
    page.add_init_script(MISSING.replace("TIMES", str(times)))
    page.locator("#sign-in").click()
    return opened


def test_a_page_whose_widgets_do_not_come_is_opened_once_more(page, address):
    opened = counted(page, address, 1)
    page.wait_for_selector("[data-test=title]")
    assert len(opened) == 3  # the way to the sign-in, the page, the page again
    assert page.evaluate("sessionStorage.getItem('carekit-opened-again')") is None
    page.problems.clear()


def test_and_then_it_says_so(page, address):
    counted(page, address, 9)
    expect(page.locator(".care-message")).to_contain_text(say("page_error", "en"))
    assert page.evaluate("sessionStorage.getItem('seen')") == "2"
    page.problems.clear()
