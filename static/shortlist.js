// Makes the list quicker: "Merken" without leaving the page, notes, copy, share. Everything else works without it. It also
// prints, on any page with a button for that.
// What it keeps stays in this browser (localStorage): the names of the offers and the notes. Nothing of it is sent.
(() => {
  "use strict";
  const LIST = "merkliste";
  const NOTES = "merkliste-notizen";
  const MOST = 60;

  // A browser that keeps nothing (private window, storage switched off) gets the page as it is without script.
  const read = (key, fallback) => {
    try {
      return JSON.parse(localStorage.getItem(key)) || fallback;
    } catch {
      return fallback;
    }
  };
  const write = (key, value) => {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  };
  const names = () => {
    const found = read(LIST, []);
    return Array.isArray(found) ? found.filter((name) => /^[0-9A-Za-z]{8}$/.test(name)).slice(0, MOST) : [];
  };
  const address = (list) => "/merkliste/" + (list.length ? "?" + list.map((name) => "o=" + name).join("&") : "");

  function drawButtons(form) {
    const kept = names();
    for (const button of document.querySelectorAll("button[data-keep]")) {
      const isKept = kept.includes(button.value);
      button.classList.toggle("is-kept", isKept);
      button.querySelector("[data-word]").textContent = isKept ? form.dataset.drop : form.dataset.keep;
    }
    const bar = document.querySelector("[data-shortlist-bar]");
    if (bar) {
      const link = bar.querySelector("a");
      link.href = address(kept);
      link.textContent = form.dataset.link.replace("0", kept.length);
      bar.hidden = !kept.length;
    }
  }

  const form = document.querySelector("form[data-merken]");
  if (form) {
    const carried = form.dataset.carried ? form.dataset.carried.split(".") : [];
    if (carried.length && !names().length) write(LIST, carried);
    drawButtons(form);
    document.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-keep]");
      if (!button) return;
      const kept = names();
      const isKept = kept.includes(button.value);
      if (!isKept && kept.length >= MOST) return;
      const changed = isKept ? kept.filter((name) => name !== button.value) : [...kept, button.value];
      if (!write(LIST, changed)) return;
      event.preventDefault();
      drawButtons(form);
      const said = document.querySelector("[data-shortlist-said]");
      if (said) said.textContent = form.dataset.link.replace("0", changed.length);
    });
    addEventListener("storage", () => drawButtons(form));
    addEventListener("pageshow", () => drawButtons(form));
    document.addEventListener("htmx:afterSettle", () => drawButtons(form));
  }

  const on = (selector, act) => {
    const button = document.querySelector(selector);
    if (button) button.addEventListener("click", act);
  };
  on("[data-print]", () => print());

  const shown = document.querySelector("[data-shortlist]");
  if (!shown) return;
  const list = shown.dataset.shortlist ? shown.dataset.shortlist.split(".") : [];
  const own = names();
  const fromHere = document.referrer.startsWith(location.origin + "/");
  if (!list.length && own.length && !location.search && !(fromHere && document.referrer.includes("/merkliste/"))) {
    location.replace(address(own));
    return;
  }
  const adopt = shown.querySelector("[data-adopt]");
  if (own.length === 0 || fromHere || own.join() === list.join()) write(LIST, list);
  else if (adopt) {
    adopt.hidden = false;
    adopt.querySelector("button").addEventListener("click", () => {
      write(LIST, list);
      adopt.hidden = true;
    });
  }

  // The list is kept here, so the search need not carry it.
  for (const link of document.querySelectorAll("[data-search]")) link.href = link.dataset.search;
  for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;
  const notes = read(NOTES, {});
  for (const box of document.querySelectorAll("[data-note]")) {
    const field = box.querySelector("textarea");
    const printed = box.querySelector("p");
    const show = () => { printed.textContent = field.value; };
    field.value = typeof notes[box.dataset.note] === "string" ? notes[box.dataset.note] : "";
    show();
    box.hidden = false;
    field.addEventListener("input", () => {
      const all = read(NOTES, {});
      if (field.value) all[box.dataset.note] = field.value;
      else delete all[box.dataset.note];
      write(NOTES, all);
      show();
    });
  }
  const say = (selector) => {
    const place = document.querySelector(selector);
    place.textContent = place.dataset.words;
  };
  on("[data-forget]", () => {
    localStorage.removeItem(LIST);
    localStorage.removeItem(NOTES);
    for (const field of document.querySelectorAll("[data-note] textarea")) field.value = "";
    for (const printed of document.querySelectorAll("[data-note] p")) printed.textContent = "";
    say("[data-forgotten]");
  });
  on("[data-copy]", async () => {
    const field = document.getElementById("adresse");
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy");
    }
    say("[data-copied]");
  });
  const share = document.querySelector("[data-share]");
  if (share && navigator.share) {
    share.hidden = false;
    share.querySelector("button").addEventListener("click", () => {
      navigator.share({ title: document.title, url: document.getElementById("adresse").value }).catch(() => {});
    });
  }
})();
