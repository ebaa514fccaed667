"use strict";
/* Saves the draft of a change every few seconds. Without script the button "Entwurf speichern" does the same. */
(() => {
  const form = document.querySelector("form[data-draft]");
  const status = document.querySelector("[data-draft-status]");
  if (!form || !status) return;
  const pause = 4000;
  let timer = 0;
  let leaving = false;

  const values = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  let kept = values().toString();

  /* What another tab has written in a field that was left alone here. */
  const show = (name, value) => {
    form.querySelectorAll(`[name="${name}"]`).forEach((field) => {
      if (field.type === "checkbox" || field.type === "radio") field.checked = value.includes(field.value);
      else field.value = value[0] ?? "";
    });
  };

  const save = async () => {
    timer = 0;
    const body = values();
    if (leaving || body.toString() === kept) return;
    body.set("aktion", "speichern");
    try {
      const answer = await fetch(window.location.pathname, { method: "POST", body, headers: { "X-Draft": "1" } });
      if (leaving) return;
      if (answer.status === 409) {
        status.textContent = status.dataset.conflict;
        return; // from here on people decide, with the button
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const { version, values: moved } = await answer.json();
      body.delete("aktion");
      const typed = values();
      const cannotShow = (name) => !form.elements[name]; // another place or time, added there
      if (Object.keys(moved).some((name) => cannotShow(name) || `${typed.getAll(name)}` !== `${body.getAll(name)}`)) {
        status.textContent = status.dataset.conflict;
        return;
      }
      Object.entries(moved).forEach(([name, value]) => {
        show(name, value);
        body.delete(name);
      });
      form.elements.entwurf.value = version;
      const same = [...typed].filter(([name]) => !(name in moved) && name !== "entwurf").toString();
      const sent = [...body].filter(([name]) => name !== "entwurf").toString();
      kept = values().toString();
      status.textContent = status.dataset.saved;
      if (same !== sent) {
        kept = "";
        plan(); // what was typed meanwhile
      }
    } catch {
      status.textContent = status.dataset.failed;
      timer = window.setTimeout(save, 3 * pause);
    }
  };

  const plan = () => {
    if (!timer) timer = window.setTimeout(save, pause);
  };

  form.addEventListener("input", plan);
  form.addEventListener("submit", () => { leaving = true; });
})();
