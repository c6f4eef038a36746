/* The bell of the owner's page: says what has changed and who is writing, by events of the document,
   and tells the server that the page is used. Beside it the banner for data that is not safe. */
(() => {
  "use strict";
  if (window.careerOwnerLive) return;

  const TYPING_SHOWN = 5;
  const RISK_LOOKED_FOR_MS = 30000;
  const boxOf = (id) => document.querySelector(`#${id} textarea, #${id} input`);
  const say = (name, detail) => document.dispatchEvent(
    new CustomEvent(`careerowner:${name}`, { detail }),
  );

  let bell = null;

  function start() {
    if (bell || !boxOf("owner-ticket")?.value) return;
    bell = window.careerBell.open({
      ticket: () => boxOf("owner-ticket")?.value,
      onOpen: (isAgain) => {
        noteUse();
        if (isAgain) say("ring", { conversation: "" });
      },
      onRing: (conversation) => say("ring", { conversation }),
      onTyping: (conversation) => say("typing", { conversation, seconds: TYPING_SHOWN }),
      onLine: (isOpen) => say("line", { isOpen }),
    });
    bell.connect();
  }

  function noteUse() {
    if (!document.hidden) bell?.seen();
  }

  async function showRisk() {
    const banner = document.querySelector("#owner-head .cc-risk");
    if (!banner || document.hidden) return;
    try {
      const { risk } = await (await fetch("/api/health", { cache: "no-store" })).json();
      if (risk === undefined) return; // signed out meanwhile
      const words = risk ? banner.dataset.words.replace("{reason}", () => risk) : "";
      if (banner.textContent !== words) banner.textContent = words;
      banner.hidden = !risk;
    } catch { /* The server is away for a moment, and is asked again. */ }
  }

  setInterval(showRisk, RISK_LOOKED_FOR_MS);
  document.addEventListener("visibilitychange", showRisk);

  for (const sign of ["pointerdown", "keydown", "scroll", "visibilitychange"]) {
    document.addEventListener(sign, noteUse, { capture: true, passive: true });
  }
  document.addEventListener("careerchat:drawn", start);

  window.careerOwnerLive = { typing: (conversation) => bell?.typing(conversation) };
})();
