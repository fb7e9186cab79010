"""What a person sees of a long step: when its progress was painted anew, and when it was gone."""

# Each frame: what stands there of the progress, and whether the end is shown. A frame the page
# could not paint is missing, so a page that stands still shows as a gap.
WATCH = """([start, end]) => {
  const seen = { paints: [], clicked: null, gone: null, ended: null };
  window.seen = seen;
  const find = name => document.querySelector(`[data-test=${name}]`);
  document.addEventListener("click", event => {
    if (seen.clicked === null && event.target.closest(`[data-test=${start}]`))
      seen.clicked = performance.now();
  }, true);
  let last = "";
  const look = () => {
    const now = performance.now(), progress = find("progress");
    const said = progress
      ? `${progress.innerText} ${progress.querySelector("progress").value}` : "";
    if (seen.clicked !== null && said !== last) {
      seen.paints.push([now, said]);
      if (!said) seen.gone = now;
      last = said;
    }
    if (seen.clicked !== null && seen.gone !== null && find(end)) seen.ended = now;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def watch(person, start, end):
    """From the click on ``start`` to the moment ``end`` is shown (see ``gaps``)."""
    person.page.evaluate(WATCH, [start, end])


def gaps(person):
    """Seconds without anything new, and what stood there meanwhile; the greatest first."""
    person.page.wait_for_function("window.seen.ended !== null")
    seen = person.page.evaluate("window.seen")
    assert len(seen["paints"]) > 2, "no progress was shown"
    ends = [*(paint[0] for paint in seen["paints"]), seen["ended"]]
    begins = [(seen["clicked"], "click"), *seen["paints"]]
    found = [
        (round((end - begin) / 1000, 2), " ".join(said.split()) or "gone")
        for end, (begin, said) in zip(ends, begins, strict=True)
    ]
    return sorted(found, reverse=True)


def seconds_to_end(person):
    """From the click to the moment progress is gone and the end is shown."""
    person.page.wait_for_function("window.seen.ended !== null")
    seen = person.page.evaluate("window.seen")
    return (seen["ended"] - seen["clicked"]) / 1000
