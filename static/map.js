/* The map with streets. Leaflet is fetched, and the host of the pictures asked, only when somebody opens it. */
(() => {
  "use strict";
  const box = document.querySelector("[data-map]");
  if (!box) return;
  const words = box.dataset;
  const button = box.querySelector("button");
  const said = box.querySelector("[role=status]");
  const room = box.querySelector("section");

  const fetched = (name, facts) =>
    new Promise((done, fail) => {
      const part = Object.assign(document.createElement(name), facts);
      part.addEventListener("load", done);
      part.addEventListener("error", fail);
      document.head.append(part);
    });
  const text = (tag, content) => Object.assign(document.createElement(tag), { textContent: content });

  function about(place) {
    const card = document.createElement("div");
    card.append(text("strong", place.name));
    if (place.address) card.append(text("div", place.address));
    if (!place.exact) card.append(text("div", words.roughly));
    return card;
  }

  function draw() {
    const places = JSON.parse(words.map);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    room.hidden = false;
    button.remove();
    const exact = places.every((place) => place.exact);
    said.textContent = exact ? "" : words.roughly;
    const map = L.map(room, { zoomControl: false, scrollWheelZoom: false, zoomAnimation: !calm, fadeAnimation: !calm });
    L.control.zoom({ zoomInTitle: words.closer, zoomOutTitle: words.farther }).addTo(map);
    map.attributionControl.setPrefix(false);
    L.tileLayer(words.tiles, { attribution: text("span", words.credit).innerHTML, maxZoom: 19 }).addTo(map);
    for (const place of places) {
      if (!place.exact) L.circle(place.at, { radius: 500, className: "tilemap__circle" }).addTo(map);
      const icon = L.divIcon({ className: "tilemap__pin", iconSize: [28, 28], iconAnchor: [14, 28], popupAnchor: [0, -28] });
      L.marker(place.at, { icon, title: place.name, alt: place.name }).bindPopup(about(place)).addTo(map);
    }
    map.on("popupopen", ({ popup }) => {
      popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", words.close);
    });
    map.fitBounds(L.latLngBounds(places.map((place) => place.at)).pad(0.2), { maxZoom: exact ? 16 : 14 });
    room.focus();
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await Promise.all([
        fetched("link", { rel: "stylesheet", href: words.style }),
        fetched("script", { src: words.script }),
      ]);
      draw();
    } catch {
      said.textContent = words.failed;
      button.disabled = false;
    }
  });
})();
