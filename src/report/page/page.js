"use strict";
// Switches between the two languages that the page holds. `?lang=nl` or `?lang=en` in the address opens it in one.
(() => {
  const root = document.documentElement;
  const title = document.querySelector("title");
  const switches = document.querySelector(".languages");
  const buttons = [...switches.querySelectorAll("button")];

  const speak = (language) => {
    root.lang = language;
    document.title = title.dataset[language];
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.value === language));
    }
  };

  for (const button of buttons) {
    button.addEventListener("click", () => speak(button.value));
  }
  const asked = new URLSearchParams(location.search).get("lang");
  speak(buttons.some((button) => button.value === asked) ? asked : root.lang);
  switches.hidden = false;

  // Paper cannot be unfolded.
  const folded = () => document.querySelectorAll("details:not([open])");
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...folded()];
    for (const details of unfolded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of unfolded) details.open = false;
  });
})();
