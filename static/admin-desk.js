"use strict";
/* Text blocks without a way to the server: "Einfügen" puts the words below what is written. Without script the same
   button sends the page, and it comes back with them. */
document.addEventListener("click", (event) => {
  const button = event.target.closest('button[value="einfuegen"]');
  if (!button) return;
  const block = button.form.elements.block;
  const message = button.form.elements.reason;
  const text = block.selectedOptions[0].dataset.text;
  event.preventDefault();
  if (text) message.value = [message.value.trim(), text].filter(Boolean).join("\n\n");
  block.value = "";
  message.focus();
});
