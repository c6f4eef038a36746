/* The owner's inbox: opening, the bell, the keyboard, what is being typed. It holds no words and no
   data. What is typed belongs to one conversation, and goes only when the server has stored it. */
(() => {
  "use strict";
  if (!window.careerOwner || window.careerOwner.verbs.inbox) return;

  const { byId, boxOf, setBox, press, set, inTab, verbs } = window.careerOwner;
  const split = () => byId("owner-inbox-split");
  const talk = () => byId("owner-inbox-talk");
  const reply = () => boxOf("owner-inbox-reply");
  const opened = () => boxOf("owner-inbox-selected")?.value ?? "";
  const isNarrow = () => matchMedia("(max-width: 900px)").matches;
  const isInView = () => Boolean(split()?.offsetParent) && !document.hidden;

  // --- Showing ------------------------------------------------------------------------------

  function show({ isAsked = true } = {}) {
    setBox("owner-inbox-seen", isInView() ? (isAsked ? "" : "rung") : "no");
    press("owner-inbox-show");
  }

  let arriving = "";

  function open(id, { isBack = false } = {}) {
    if (!isBack) keepPlace(id);
    keepDraft();
    setBox("owner-inbox-selected", id);
    setBox("owner-inbox-steps", "1");
    restoreDraft(id);
    arriving = id;
    split()?.classList.add("inbox-reading");
    split()?.classList.remove("inbox-about-open", "inbox-typing-on");
    show();
  }

  function close({ isBack = false } = {}) {
    const id = opened();
    keepDraft();
    setBox("owner-inbox-selected", "");
    restoreDraft("");
    split()?.classList.remove("inbox-reading", "inbox-about-open", "inbox-typing-on");
    if (!isBack) leavePlace();
    show();
    rowOf(id)?.focus();
  }

  // On a phone the conversation is a view of its own: the phone's back button leaves it.
  const HERE = /^#owner\/inbox\/([0-9a-f-]{36})$/;

  function keepPlace(id) {
    const address = `#owner/inbox/${id}`;
    if (isNarrow() && !HERE.test(location.hash)) history.pushState({ inbox: true }, "", address);
    else history.replaceState(history.state, "", address);
  }

  function leavePlace() {
    if (!HERE.test(location.hash)) return;
    if (history.state?.inbox) history.back();
    else history.replaceState(null, "", location.pathname + location.search);
  }

  window.addEventListener("popstate", () => {
    if (!split()) return;
    const id = location.hash.match(HERE)?.[1];
    if (id && id !== opened()) inTab("inbox", "show", () => open(id, { isBack: true }));
    else if (!id && opened()) close({ isBack: true });
  });

  // --- What the buttons do --------------------------------------------------------------------

  function act(verb, id) {
    setBox("owner-inbox-action", `${verb}:${id}`);
    press("owner-inbox-act");
  }

  verbs.inbox = {
    open: (id) => inTab("inbox", "show", () => open(id)),
    back: () => close(),
    earlier: (steps) => {
      reading = talk().scrollHeight - talk().scrollTop;
      setBox("owner-inbox-steps", steps);
      show();
    },
    take: (id) => act("take", id),
    handback: (id) => act("handback", id),
    resolve: (id) => act("resolve", id),
    share: (id) => act("share", id),
    unshare: (id) => act("unshare", id),
    away: () => act("away", ""),
    here: () => act("here", ""),
    unread: (id) => { close(); act("unread", id); },
    about: () => split().classList.toggle("inbox-about-open"),
    /* Somebody else corrects the answer in place, or the Knowledge tab does. */
    better: (message) => {
      const detail = { message, conversation: opened() };
      const told = new CustomEvent("careerowner:better", { detail, cancelable: true });
      if (!document.dispatchEvent(told)) return;
      inTab("knowledge", "better", () => {
        setBox("owner-knowledge-selected", message);
        press("owner-knowledge-better");
      });
    },
  };

  // --- The bell -------------------------------------------------------------------------------

  const PAUSE = 300;
  let planned = 0;

  function plan() {
    if (!planned) planned = setTimeout(() => { planned = 0; show({ isAsked: false }); }, PAUSE);
  }

  document.addEventListener("careerowner:ring", () => { if (split()) plan(); });
  document.addEventListener("visibilitychange", () => { if (split() && !document.hidden) plan(); });

  let typingTimer = 0;

  document.addEventListener("careerowner:typing", ({ detail }) => {
    if (!split() || detail.conversation !== opened()) return;
    split().classList.add("inbox-typing-on");
    clearTimeout(typingTimer);
    const stop = () => split()?.classList.remove("inbox-typing-on");
    typingTimer = setTimeout(stop, 1000 * (detail.seconds || 5));
  });

  // --- What is typed --------------------------------------------------------------------------

  const drafts = new Map();
  let sent = null;

  function newId() {
    const parts = crypto.getRandomValues(new Uint32Array(4));
    return Array.from(parts, (part) => part.toString(16).padStart(8, "0")).join("");
  }

  function keepDraft() {
    const id = opened();
    if (!id || !reply()) return;
    drafts.set(id, { text: reply().value, key: boxOf("owner-inbox-reply-id").value });
  }

  function restoreDraft(id) {
    const draft = drafts.get(id) ?? { text: "", key: "" };
    setBox("owner-inbox-reply-id", draft.key);
    setBox("owner-inbox-reply", draft.text);
  }

  document.addEventListener("input", (event) => {
    if (!event.target || event.target !== reply() || !event.isTrusted) return;
    // Named before it is sent: sent twice, it is stored once.
    if (!boxOf("owner-inbox-reply-id").value) setBox("owner-inbox-reply-id", newId());
    if (reply().value.trim()) window.careerOwnerLive?.typing(opened());
  }, true);

  function noteSent() {
    const key = boxOf("owner-inbox-reply-id")?.value;
    if (key) sent = { conversation: opened(), key, text: reply().value };
  }

  function clearSent() {
    if (!sent || !byId(`said-${sent.key}`)) return;
    const { conversation, key, text } = sent;
    sent = null;
    if (drafts.get(conversation)?.key === key) drafts.delete(conversation);
    if (opened() !== conversation || boxOf("owner-inbox-reply-id").value !== key) return;
    setBox("owner-inbox-reply-id", "");
    if (reply().value === text) setBox("owner-inbox-reply", "");
    else setBox("owner-inbox-reply-id", newId());
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#owner-inbox-send")) noteSent();
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.target !== reply()) return;
    const isCommand = event.ctrlKey || event.metaKey;
    // The keyboard of a phone has no Shift and Enter; its Send button is beside the thumb.
    const isNewLine = event.shiftKey || matchMedia("(pointer: coarse)").matches;
    if (isCommand || isNewLine) event.stopPropagation();
    if (isCommand) byId("owner-inbox-send").click();
    else if (!isNewLine) noteSent();
  }, true);

  // --- The keyboard ---------------------------------------------------------------------------

  const rows = () => [...document.querySelectorAll("#owner-inbox-list .own-row")];
  const rowOf = (id) => byId(`own-inbox-open-${id}`);

  function move(step) {
    const all = rows();
    const here = all.indexOf(document.activeElement.closest?.(".own-row") ?? rowOf(opened()));
    const next = here < 0 ? 0 : Math.min(all.length - 1, Math.max(0, here + step));
    all[next]?.focus();
  }

  function showKeys() {
    const keys = byId("inbox-keys");
    if (!keys) return;
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary").focus();
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    r: () => opened() && reply()?.focus(),
    u: () => opened() && verbs.inbox.unread(opened()),
    "?": showKeys,
    Escape: () => opened() && close(),
  };

  document.addEventListener("keydown", (event) => {
    if (!isInView() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable=true]");
    if (isTyping) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const isInList = event.target === document.body || event.target.closest?.("#owner-inbox-list");
    const isArrow = event.key.startsWith("Arrow");
    if (!keys[event.key] || (isArrow && !isInList)) return;
    event.preventDefault();
    keys[event.key]();
  });

  // --- What the server has drawn --------------------------------------------------------------

  let reading = 0;
  let isAtEnd = true;
  let drawnEnd = "";
  let focused = "";
  const unfolded = new Set();

  document.addEventListener("scroll", (event) => {
    if (event.target !== talk()) return;
    const { scrollHeight, scrollTop, clientHeight } = event.target;
    isAtEnd = scrollHeight - scrollTop - clientHeight < 60;
  }, true);

  document.addEventListener("focusin", (event) => {
    focused = event.target.closest?.("#owner-inbox-split") ? event.target.id : "";
  });

  document.addEventListener("toggle", (event) => {
    if (!event.target.closest?.("#owner-inbox-about")) return;
    if (event.target.open) unfolded.add(event.target.id);
    else unfolded.delete(event.target.id);
  }, true);

  function keepScroll() {
    const list = talk();
    const end = `${opened()} ${list.scrollHeight}`;
    if (!list.firstElementChild || end === drawnEnd) return;
    drawnEnd = end;
    if (reading) list.scrollTop = list.scrollHeight - reading;
    else if (isAtEnd || arriving) list.scrollTop = list.scrollHeight;
    reading = 0;
  }

  function arrive() {
    const head = arriving && byId(`own-inbox-at-${arriving}`);
    if (!head) return;
    arriving = "";
    isAtEnd = true;
    head.focus({ preventScroll: true });
  }

  function keepFocus() {
    if (!focused || document.activeElement !== document.body) return;
    byId(focused)?.focus({ preventScroll: true });
  }

  function nameParts() {
    for (const row of rows()) {
      if (row === rowOf(opened())) set(row, "aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    const head = document.querySelector("#owner-inbox-head .inbox-title");
    set(talk(), "role", "log");
    set(talk(), "tabindex", "0");
    if (head) set(talk(), "aria-labelledby", head.id);
    for (const id of unfolded) {
      const part = byId(id);
      if (part && !part.open) part.open = true;
    }
  }

  document.addEventListener("careerchat:drawn", () => {
    if (!split()) return;
    nameParts();
    keepScroll();
    arrive();
    clearSent();
    keepFocus();
  });
})();
