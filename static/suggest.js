/* Suggestions while typing, as a combobox after the ARIA Authoring Practices. Only an extra: Enter searches as before. */
(() => {
  "use strict";
  for (const input of document.querySelectorAll("input[data-suggest]")) {
    const box = document.createElement("div");
    const said = document.createElement("p");
    let options = [], active = -1, waiting = 0, asked = null, styled = false;
    box.className = "suggest";
    box.id = `${input.id}-vorschlaege`;
    box.hidden = true;
    box.setAttribute("role", "listbox");
    said.className = "kern-sr-only";
    said.setAttribute("role", "status");
    input.parentElement.classList.add("suggest-field");
    input.after(box, said);
    input.type = "text"; // a search field cannot be a combobox
    const is = (name, value) => input.setAttribute(name, value);
    is("role", "combobox");
    is("enterkeyhint", "search");
    is("aria-autocomplete", "list");
    is("aria-expanded", "false");
    is("aria-controls", box.id);

    const mark = (number) => {
      active = number;
      options.forEach((option, index) => option.setAttribute("aria-selected", String(index === active)));
      if (active < 0) input.removeAttribute("aria-activedescendant");
      else {
        is("aria-activedescendant", options[active].id);
        options[active].scrollIntoView({ block: "nearest" });
      }
    };
    const close = () => {
      clearTimeout(waiting);
      asked?.abort();
      box.hidden = true;
      is("aria-expanded", "false");
      mark(-1);
    };
    const show = (html) => {
      box.innerHTML = html;
      options = [...box.querySelectorAll("[role=option]")];
      mark(-1);
      box.hidden = !options.length;
      is("aria-expanded", String(!box.hidden));
      const { said: words = "", label = "" } = box.firstElementChild?.dataset ?? {};
      said.textContent = words;
      box.setAttribute("aria-label", label);
    };
    const ask = async () => {
      const text = input.value.trim();
      if (text.length < 2) { close(); return; }
      asked?.abort();
      asked = new AbortController();
      try {
        const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(text)}`, { signal: asked.signal });
        const html = answer.ok ? await answer.text() : "";
        if (document.activeElement === input) show(html);
      } catch { /* typed on, or no network: nothing to suggest */ }
    };

    input.addEventListener("input", () => {
      if (!styled) {
        const link = document.createElement("link");
        link.rel = "stylesheet";
        link.href = input.dataset.suggestStyle;
        document.head.append(link);
        styled = true;
      }
      clearTimeout(waiting);
      waiting = setTimeout(ask, 150);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const down = event.key === "ArrowDown", up = event.key === "ArrowUp";
      if (down || up) {
        if (box.hidden) { if (down) ask(); return; }
        event.preventDefault();
        const steps = options.length + 1; // one of them: back in the field
        mark(((active + 1 + (down ? 1 : -1) + steps) % steps) - 1);
      } else if (event.key === "Escape" && !box.hidden) {
        event.preventDefault();
        close();
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        location.assign(options[active].dataset.url);
      } else if (event.key === "Enter") close();
    });
    input.addEventListener("blur", close);
    box.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the field
    box.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) location.assign(option.dataset.url);
    });
  }
})();
