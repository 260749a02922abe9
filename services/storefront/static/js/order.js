// Keeps the order's progress fresh while something still moves: often at first, then more slowly.
const place = document.querySelector("[data-order-progress]");
const news = document.querySelector("[data-order-news]");
const FIRST = 1000;
const SLOWEST = 10000;
const GROWTH = 1.3;

let wait = FIRST;
let tag = null;

function isMoving() {
  return place.firstElementChild?.dataset.moving === "yes";
}

async function look() {
  if (!document.hidden) {
    try {
      const response = await fetch(place.dataset.orderProgress, {
        headers: tag ? { "If-None-Match": tag } : {},
        cache: "no-store",
      });
      if (response.redirected) {
        location.reload();
        return;
      }
      if (response.ok) show(await response.text(), response.headers.get("ETag"));
    } catch {
      // Offline for a moment: the next look may succeed.
    }
  }
  wait = Math.min(wait * GROWTH, SLOWEST);
  if (isMoving()) setTimeout(look, wait);
}

function show(html, newTag) {
  const before = place.firstElementChild?.dataset.status;
  const first = tag === null;
  tag = newTag;
  if (first && !html.includes(`data-status="`)) return;
  const holdsFocus = place.contains(document.activeElement);
  if (holdsFocus && html.includes(`data-status="${before}"`)) return;
  const page = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...page.body.childNodes);
  const after = place.firstElementChild?.dataset.status;
  if (before !== after) {
    news.textContent = news.dataset.words;
    wait = FIRST;
  }
}

if (place && isMoving()) setTimeout(look, wait);
