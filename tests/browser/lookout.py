"""Sees whether a text became code on a page: marks, elements, dialogs, requests."""

import re

from tests.browser import payloads

# In every document before anything of it runs. A mark is kept; an element that none of our views
# makes, or an attribute that runs, is kept too, also when it is gone before anybody looks.
WATCH = """
document.addEventListener("securitypolicyviolation", (refused) => {
  const mark = /hit.invalid.(\\d+)/.exec(refused.blockedURI);
  top.__found.push(mark ? "ran " + mark[1] : "refused " + refused.blockedURI);
});
if (top === window && !window.__found) {
  const found = (window.__found = []);
  Object.defineProperty(window, "__hit", { set(mark) { found.push("ran " + mark); } });
  const alien = "script, iframe, object, embed, img, video, audio, link, base, meta, math, marquee"
    + ", foreignObject, animate, set, body, style";
  const runs = /^on|^srcdoc$|^formaction$/i;
  const leads = /^(href|src|action|xlink:href|data|poster|srcset)$/i;
  const bad = /^[\\s\\x00-\\x1f]*(java|data:text|http:..hit)/i;
  const look = (one) => {
    if (!one.closest(".care-page, .care-message, main, dialog, .v-overlay")) return;
    const said = one.outerHTML.slice(0, 200);
    if (one.matches(alien) && !one.closest("head")) found.push("made " + said);
    for (const { name, value } of one.attributes)
      if (runs.test(name) || (leads.test(name) && bad.test(value))) found.push("set " + said);
  };
  new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "attributes") look(record.target);
      for (const one of record.addedNodes)
        if (one.nodeType === 1) [one, ...one.querySelectorAll("*")].forEach(look);
    }
  }).observe(document, { subtree: true, childList: true, attributes: true });
}
"""
# What a person can read: text, what stands in fields, and choices.
READ = """() => [document.body.innerText,
  ...[...document.querySelectorAll("input, textarea")].map((one) => one.value),
  ...[...document.querySelectorAll("option")].map((one) => one.value + " " + one.text)
].join("\\n")"""


def plain(text):
    """As a page shows it: blanks folded, signs that show nothing left out."""
    return re.sub(r"\s+", " ", re.sub("[\x00\ufffd\u202a-\u202e]", "", text)).strip()


class Lookout:
    """Watches a page from its first document on; ``look`` wherever it stands."""

    def __init__(self, page):
        self.page, self.found, self.seen = page, [], ""
        page.add_init_script(WATCH)
        page.on("dialog", self._dialog)
        page.context.on("page", lambda other: self.found.append("opened a window"))
        page.on("request", self._request)
        page.on("websocket", self._request)

    def _dialog(self, dialog):
        self.found.append(f"asked {dialog.message}")
        dialog.dismiss()

    def _request(self, request):
        if request.url.startswith(payloads.NOWHERE):
            self.found.append("ran " + request.url.rsplit("/", 1)[-1])

    def look(self):
        """Gather what happened up to here, and what can be read."""
        self.found += self.page.evaluate("() => window.__found.splice(0)")
        self.seen += plain(self.page.evaluate(READ)) + "\n"
        return self.found

    def marks(self):
        return {int(one.split()[1]) for one in self.found if re.fullmatch(r"ran \d+", one)}

    def shows(self, text):
        return plain(text) in self.seen
