// Keeps what is typed (never a password) over a reload, and sends the form without leaving the
// page, so that a fault costs nobody a password. Without this script the form works all the same.
(function () {
  const form = document.getElementById("first");
  const working = document.getElementById("working");
  const problem = document.getElementById("problem");
  const place = "carekit-first-run";
  const typed = ["branch", "name", "user", "start"];

  function keep() {
    const now = new FormData(form);
    const values = typed.map(function (name) { return [name, now.get(name) || ""]; });
    sessionStorage.setItem(place, JSON.stringify(Object.fromEntries(values)));
  }

  const before = JSON.parse(sessionStorage.getItem(place) || "{}");
  for (const name of typed) {
    const field = form.elements.namedItem(name);
    if (!field.value && before[name]) field.value = before[name];
  }
  form.addEventListener("input", keep);

  function work(on) {
    working.hidden = !on;
    form.inert = on;
  }

  function complain(text) {
    problem.textContent = text;
    problem.hidden = !text;
  }

  function show(page) {
    const token = page.querySelector("[name=_xsrf]");
    if (token) form.elements.namedItem("_xsrf").value = token.value;
    const said = page.querySelector(".note.bad");
    complain(said ? said.textContent : "");
    for (const place of form.querySelectorAll("[data-fault]")) {
      const fault = page.getElementById(place.id);
      place.textContent = fault ? fault.textContent : "";
      place.hidden = !place.textContent;
      for (const field of form.querySelectorAll(`[name="${place.dataset.fault}"]`)) {
        field.toggleAttribute("aria-invalid", !place.hidden);
        if (!place.hidden) field.setAttribute("aria-invalid", "true");
      }
    }
    (form.querySelector("[aria-invalid]") || problem).focus();
  }

  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    keep();
    work(true);
    const sent = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent, redirect: "manual" });
      if (answer.type === "opaqueredirect") {
        sessionStorage.removeItem(place);
        location.assign(form.dataset.home);
        return;
      }
      // A template: nothing in it lives, its style sheet (under another nonce) is not tried.
      const template = document.createElement("template");
      template.innerHTML = await answer.text();
      const page = template.content;
      const done = page.getElementById("done");
      if (done) {
        sessionStorage.removeItem(place);
        document.querySelector("main").replaceChildren(document.adoptNode(done));
        document.querySelector("a.pill").remove();  // leaving the page would lose the code
        const print = document.getElementById("print");
        print.hidden = false;
        print.addEventListener("click", function () { window.print(); });
        document.getElementById("done-title").focus();
        return;
      }
      work(false);
      show(page);
    } catch (error) {
      work(false);
      complain("✕ " + document.getElementById("lost").textContent);
      problem.focus();
    }
  });
})();
