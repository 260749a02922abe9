// The thumbnails move the track instead of the page, and show which picture is in view.
const track = document.querySelector("[data-gallery]");
const thumbs = [...document.querySelectorAll("[data-thumb]")];
const quiet = matchMedia("(prefers-reduced-motion: reduce)");

function mark(id) {
  for (const thumb of thumbs) {
    if (thumb.hash === `#${id}`) thumb.setAttribute("aria-current", "true");
    else thumb.removeAttribute("aria-current");
  }
}

for (const thumb of thumbs) {
  thumb.addEventListener("click", (event) => {
    const shot = document.querySelector(thumb.hash);
    if (!shot || !track) return;
    event.preventDefault();
    track.scrollTo({ left: shot.offsetLeft - track.offsetLeft, behavior: quiet.matches ? "auto" : "smooth" });
    mark(shot.id);
  });
}

if (track && thumbs.length) {
  const seen = new IntersectionObserver(
    (entries) => {
      const entry = entries.find((one) => one.isIntersecting);
      if (entry) mark(entry.target.id);
    },
    { root: track, threshold: 0.6 },
  );
  for (const shot of track.querySelectorAll("[data-shot]")) seen.observe(shot);
}
