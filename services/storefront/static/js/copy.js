// Copy what a button names, and say so on the button for a moment.
const SHOWN_FOR = 1600;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const words = button.querySelector("[data-copy-words]");
  const before = words.dataset.before ?? words.textContent;
  words.dataset.before = before;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    copyOldWay(button.dataset.copy);
  }
  words.setAttribute("role", "status");
  words.textContent = button.dataset.copied;
  setTimeout(() => {
    words.textContent = before;
  }, SHOWN_FOR);
});

// Without https the clipboard API is absent; a selected field still copies.
function copyOldWay(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.setAttribute("readonly", "");
  field.className = "unseen";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
