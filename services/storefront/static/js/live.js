// While the shop still checks something, the parts of the page that tell of it are fetched anew every two seconds.
const EVERY = 2000;
const SLOWEST = 10000;
const GROWTH = 1.1;

let wait = EVERY;

const isMoving = (page) => page.querySelector("[data-moving]") !== null;

async function look() {
  if (!document.hidden) {
    try {
      const response = await fetch(location.href, { cache: "no-store" });
      if (response.redirected) {
        location.reload();
        return;
      }
      if (response.ok) show(new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch {
      // Offline for a moment: the next look may succeed.
    }
  }
  wait = Math.min(wait * GROWTH, SLOWEST);
  if (isMoving(document)) setTimeout(look, wait);
}

// A part that holds the keyboard's focus is left alone while it still moves, so that nobody is thrown out of it.
function show(page) {
  const ended = !isMoving(page);
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!fresh || (part.contains(document.activeElement) && !ended)) continue;
    if (fresh.outerHTML !== part.outerHTML) part.replaceWith(document.importNode(fresh, true));
  }
}

if (isMoving(document)) setTimeout(look, wait);
