// Shared tools: find elements, and tell a screen reader what happened.

const $ = (selector, inside = document) => inside.querySelector(selector);
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

function say(text) {
  $("#said").textContent = text;
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
