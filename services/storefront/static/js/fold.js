// Filters stand open where there is room and closed on a phone; without scripts they stand open.
const narrow = window.matchMedia("(max-width: 47.99rem)");

for (const part of document.querySelectorAll("[data-fold-on-phone]")) {
  part.open = !narrow.matches;
  narrow.addEventListener("change", () => { part.open = !narrow.matches; });
}
