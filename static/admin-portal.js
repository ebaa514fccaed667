"use strict";
/* Names for the parts of the stock admin that screen readers cannot name: select boxes with search, filter hints,
   and the empty head of inner tables. Without script these parts do not exist. */
(() => {
  const labelOf = (select) =>
    select.getAttribute("aria-label") || (select.labels && select.labels[0] ? select.labels[0].textContent : "");

  const nameBox = (box) => {
    const select = box.previousElementSibling;
    if (!select || select.tagName !== "SELECT") return;
    const label = labelOf(select).replace(/:\s*$/, "").trim();
    const combo = box.querySelector(".select2-selection");
    const shown = box.querySelector(".select2-selection__rendered");
    const search = box.querySelector(".select2-search__field");
    if (combo.getAttribute("role") === "combobox") combo.setAttribute("aria-label", label);
    if (search && !search.hasAttribute("aria-label")) search.setAttribute("aria-label", label);
    if (shown && shown.getAttribute("role") === "textbox") shown.removeAttribute("role");
    if (shown) shown.removeAttribute("aria-readonly");
    if (shown && shown.tagName === "UL") {
      shown.setAttribute("role", "none");
      shown.querySelectorAll("li:not([role])").forEach((item) => item.setAttribute("role", "none"));
    }
  };

  const nameAll = () => {
    document.querySelectorAll(".select2-container").forEach(nameBox);
    document.querySelectorAll(".help-tooltip[aria-label]:not([role])").forEach((hint) => hint.setAttribute("role", "img"));
    document.querySelectorAll("th.original:empty").forEach((head) => {
      const text = document.createElement("span");
      text.className = "visually-hidden";
      text.textContent = "Eintrag";
      head.append(text);
    });
    document.querySelectorAll(".select2-dropdown .select2-search__field:not([aria-label])").forEach((field) => {
      field.setAttribute("aria-label", "Suchen");
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    nameAll();
    new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
  });
})();
