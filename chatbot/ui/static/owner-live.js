/* The bell of the owner's page: says what has changed and who is writing, by events of the document,
   and tells the server that the page is used. */
(() => {
  "use strict";
  if (window.careerOwnerLive) return;

  const TYPING_SHOWN = 5;
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

  for (const sign of ["pointerdown", "keydown", "scroll", "visibilitychange"]) {
    document.addEventListener(sign, noteUse, { capture: true, passive: true });
  }
  document.addEventListener("careerchat:drawn", start);

  window.careerOwnerLive = { typing: (conversation) => bell?.typing(conversation) };
})();
