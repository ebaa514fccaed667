/* Results: htmx swaps hits and heading when a filter changes; here the counts in the panel follow, the focus stays where
   the visitor is, and the new number is said. Without script the form works by its button. htmx itself is fetched when
   somebody comes near the filters: many only read the first hits. */
(() => {
  "use strict";
  const form = document.getElementById("suche");
  if (!form) return;
  fetchLate(document.currentScript.dataset.htmx, form.closest("[data-hx-target]") ?? form);
  let wantsHits = false; // after the button or a link the hits are what matters next

  // Back and forward show what stands in the address, whether htmx is there yet or not.
  let shown = location.pathname + location.search;
  addEventListener("popstate", () => { if (location.pathname + location.search !== shown) location.reload(); });

  form.addEventListener("submit", () => { wantsHits = true; });
  document.addEventListener("change", (event) => { // the order of the hits stands outside the form's element
    if (event.target.form === form && !form.contains(event.target)) form.dispatchEvent(new Event("change"));
  });

  document.body.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt !== form) { wantsHits = true; return; }
    const filled = [...detail.formData].filter(([, value]) => value !== "");
    for (const name of [...detail.formData.keys()]) detail.formData.delete(name);
    for (const [name, value] of filled) detail.formData.append(name, value);
  });

  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "treffer") return;
    const fresh = new DOMParser().parseFromString(detail.serverResponse, "text/html");
    for (const summary of document.querySelectorAll("#filter > summary, #weitere > summary")) {
      const other = fresh.querySelector(`#${summary.parentElement.id} > summary`);
      if (other) summary.innerHTML = other.innerHTML;
    }
    for (const part of form.querySelectorAll("[data-part]")) {
      const other = fresh.getElementById(part.id);
      if (!other) continue;
      const field = part.querySelector("[role=combobox]"); // has its suggestions already
      if (field) field.value = other.querySelector("input").value;
      else if (part.contains(document.activeElement) && detail.requestConfig.elt === form) count(part, other);
      else {
        for (const fold of other.querySelectorAll("details[id]")) {
          fold.open = fold.open || Boolean(document.getElementById(fold.id)?.open);
        }
        part.replaceWith(document.adoptNode(other));
      }
    }
  });

  document.body.addEventListener("htmx:afterSettle", () => {
    const heading = document.getElementById("ergebnisse");
    document.getElementById("ansage").textContent = heading.textContent.trim();
    const label = form.querySelector("[data-see]");
    label.textContent = `${heading.firstChild.textContent.trim()} ${label.dataset.see}`;
    if (wantsHits) {
      heading.focus();
      heading.scrollIntoView();
    }
    wantsHits = false;
    shown = location.pathname + location.search;
  });
  for (const failed of ["htmx:responseError", "htmx:sendError"]) {
    document.body.addEventListener(failed, ({ detail }) => location.assign(detail.pathInfo.finalRequestPath));
  }

  /** Fetch a script at the first sign of use; a change made meanwhile counts once it is there. */
  function fetchLate(address, area) {
    let changed = false;
    const signs = ["pointerover", "pointerdown", "focusin", "change"];
    const start = () => {
      for (const sign of signs) area.removeEventListener(sign, start);
      if (document.readyState !== "complete") addEventListener("load", insert); // htmx would wait for what is past
      else insert();
    };
    const insert = () => {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", () => {
        form.removeEventListener("change", note);
        if (changed) form.dispatchEvent(new Event("change"));
      });
      document.head.append(script);
    };
    const note = () => { changed = true; };
    for (const sign of signs) area.addEventListener(sign, start, { passive: true });
    form.addEventListener("change", note);
  }

  /** The group somebody is in keeps its elements; only what they would give changes. */
  function count(part, other) {
    for (const number of part.querySelectorAll(".number[id]")) {
      const now = other.querySelector(`[id="${number.id}"]`);
      if (now) number.textContent = now.textContent;
    }
    for (const select of part.querySelectorAll("select[id]")) {
      const now = other.querySelector(`[id="${select.id}"]`);
      for (const option of select.options) {
        const same = now && [...now.options].find((one) => one.value === option.value);
        if (same) option.textContent = same.textContent;
      }
    }
  }
})();
