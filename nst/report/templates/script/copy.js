// Copy buttons. A page opened from disk may not have direct access to the clipboard.

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.className = "unseen";
  ($("dialog[open]") ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  return isCopied;
}

function startCopy() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    const isCopied = await copyText(button.dataset.copy);
    button.textContent = isCopied ? "Copied" : "Not copied";
    say(isCopied ? "copied" : "could not be copied");
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
}
