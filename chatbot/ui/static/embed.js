/* The page inside a site's chat bubble: tells the bubble when to close and that there is news.
   What it tells carries no words of the chat, because any site may be around it. */
(() => {
  "use strict";
  if (window === window.parent || new URLSearchParams(location.search).get("embed") !== "1") return;
  const root = document.documentElement;
  root.classList.add("cc-embed");
  const tell = (what) => window.parent.postMessage({ careerChat: what }, "*");

  // Before the page's own use of the key: what is open inside is closed first.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    if (root.classList.contains("cc-menu-open") || root.classList.contains("cc-editing-on")) return;
    tell("close");
  }, true);

  let known = null;
  document.addEventListener("careerchat:drawn", () => {
    const count = document.querySelectorAll("#log [data-testid=bot]").length;
    if (known !== null && count > known) tell("news");
    if (root.classList.contains("cc-ready")) known = count;
  });
})();
