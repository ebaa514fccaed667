/* "In meiner Nähe": asks the browser where it is and rounds to a grid of 500 metres before anything is sent, in the same
   way as portal/positions.py. Without script the list of places does the same. */
(() => {
  "use strict";
  const DEGREE = 111195; // metres of latitude
  const ROW = 500 / DEGREE;
  const rounded = ({ latitude, longitude }) => {
    const north = Math.round(latitude / ROW) * ROW;
    const column = 500 / (DEGREE * Math.cos((north * Math.PI) / 180));
    return `${north.toFixed(4)},${(Math.round(longitude / column) * column).toFixed(4)}`;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-near]");
    if (!button) return;
    const field = document.getElementById(button.dataset.near);
    const said = button.parentElement.querySelector("[role=status]");
    const fail = (error) => { said.textContent = error?.code === 1 ? button.dataset.denied : button.dataset.unknown; };
    if (!navigator.geolocation) { fail(); return; }
    said.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      field.value = rounded(coords);
      const asked = new URLSearchParams([...new FormData(field.form)].filter(([, value]) => value !== ""));
      asked.delete("ort");
      asked.set("sortierung", "nah");
      location.assign(`${field.form.action}?${String(asked).replaceAll("%2C", ",")}`);
    }, fail, { maximumAge: 600000, timeout: 15000 });
  });
})();
