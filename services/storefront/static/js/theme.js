// Light or dark without a new page; without this module the buttons are an ordinary form.
const form = document.querySelector("[data-theme-switch]");

form?.addEventListener("submit", (event) => {
  const chosen = event.submitter?.value;
  if (!chosen) return;
  event.preventDefault();
  document.cookie = `theme=${chosen}; path=/; max-age=31536000; samesite=lax`;
  if (chosen === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
});
