// A form is sent once; typed confirmations are checked before; small forms send themselves when changed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.dataset.upload || form.method !== "post" || "often" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  // The button's own value must still be sent, so it is disabled only after the browser took the form.
  setTimeout(() => {
    if (button) button.setAttribute("aria-disabled", "true");
  });
});

// Coming back with the back button shows a page from memory: its forms may be sent again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) {
    delete form.dataset.sent;
    form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-send-on-change]")) event.target.form.requestSubmit();
});

for (const field of document.querySelectorAll("[data-must-type]")) {
  const button = field.form.querySelector("[type=submit]");
  const check = () => {
    button.disabled = field.value.trim() !== field.dataset.mustType;
  };
  field.addEventListener("input", check);
  check();
}
