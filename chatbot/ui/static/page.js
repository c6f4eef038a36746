/* What the page does by itself: clicks inside messages, the live bell, the state of the connection.
   It holds no words, makes no markup, and talks to the server only through Gradio's components. */
(() => {
  "use strict";
  if (window.careerChat) return;
  window.careerChat = true;

  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const boxOf = (id) => document.querySelector(`#${id} textarea, #${id} input`);

  // --- Before the page is built -------------------------------------------------------------

  // A browser that lets a frame of another site store nothing throws at every use.
  const storage = (use) => { try { return use(); } catch { return null; } };

  if (storage(() => localStorage.getItem("career-chat"))) root.classList.add("cc-returning");

  // An address inside the owner's area goes by the sign-in, which sends the owner back here at once.
  const goal = location.hash.match(/^#owner\/([a-z]+)(?:\/([0-9a-f-]{36}))?$/);
  if (goal) location.replace(`/owner?to=${goal[1]}${goal[2] ? `/${goal[2]}` : ""}`);

  // Gradio reads its configuration after this script: the referrer rides along with the first call.
  const config = window.gradio_config;
  const referrer = config?.components?.find((part) => part.props?.elem_id === "referrer");
  const back = location.hash.match(/^#return=([\w=-]{1,280})$/)?.[1];
  if (referrer) referrer.props.value = back ? `return:${back}` : document.referrer.slice(0, 300);
  if (back) history.replaceState(null, "", location.pathname + location.search);

  // --- Components ---------------------------------------------------------------------------

  function setBox(id, value) {
    const box = boxOf(id);
    if (!box) return null;
    box.value = value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    return box;
  }

  // Gradio takes the text over in the next tick.
  const press = (id) => setTimeout(() => byId(id)?.click(), 0);

  function act(action) {
    setBox("action", JSON.stringify(action));
    press("act");
  }

  // --- Clicks inside messages and lists -----------------------------------------------------

  const UUID = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/;

  const textOf = (message) => {
    const copy = message.cloneNode(true);
    copy.querySelectorAll(".cc-cite, .cc-foot, .cc-acts, .cc-sr").forEach((part) => part.remove());
    copy.style.cssText = "position:fixed;left:-9999px;top:0;width:600px";
    document.body.append(copy);
    const text = copy.innerText.trim();
    copy.remove();
    return text;
  };

  const messageAround = (node) => node.closest(".message-content") || node.closest(".message");

  function copyMessage(button) {
    const text = textOf(messageAround(button));
    const done = () => {
      button.classList.add("cc-done");
      setTimeout(() => button.classList.remove("cc-done"), 1600);
    };
    navigator.clipboard?.writeText(text).then(done, () => copyBySelection(text, done))
      ?? copyBySelection(text, done);
  }

  function copyBySelection(text, done) {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.cssText = "position:fixed;left:-9999px;top:0";
    document.body.append(area);
    area.select();
    if (document.execCommand("copy")) done();
    area.remove();
  }

  function openSource(messageId, number) {
    const source = byId(`src-${messageId}-${number}`);
    if (!source) return;
    source.open = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    source.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    source.classList.remove("cc-found");
    void source.offsetWidth;
    source.classList.add("cc-found");
    source.querySelector("summary")?.focus({ preventScroll: true });
  }

  function startEdit(messageId) {
    const message = byId(`m-${messageId}`)?.querySelector(".cc-text");
    if (!message) return;
    setBox("edit-id", messageId);
    root.classList.add("cc-editing-on");
    const box = setBox("message-box", message.innerText);
    box?.focus();
    box?.setSelectionRange(box.value.length, box.value.length);
  }

  function endEdit() {
    setBox("edit-id", "");
    root.classList.remove("cc-editing-on");
  }

  function cancelEdit() {
    endEdit();
    setBox("message-box", "")?.focus();
  }

  const asking = new Set();
  const thanked = new Set();

  function rate(button, messageId, value) {
    const isOn = button.classList.contains("cc-on");
    if (value === "poor" && !isOn) asking.add(messageId);
    else asking.delete(messageId);
    thanked.delete(messageId);
    act({ do: isOn ? "unrate" : value, id: messageId });
  }

  function giveReason(messageId, reason) {
    thanked.add(messageId);
    markReasons();
    if (reason) act({ do: "poor", id: messageId, text: reason });
  }

  function markReasons() {
    for (const id of asking) {
      const row = byId(`why-${id}`);
      row?.classList.add("cc-open");
      row?.classList.toggle("cc-thanked", thanked.has(id));
    }
  }

  function toggleMenu(open) {
    root.classList.toggle("cc-menu-open", open);
    byId("do-menu")?.setAttribute("aria-expanded", String(root.classList.contains("cc-menu-open")));
  }

  const actions = {
    menu: () => toggleMenu(),
    cancel: cancelEdit,
    copy: copyMessage,
    edit: (_, id) => startEdit(id),
    cite: (button, id) => openSource(id, button.id.split("-").pop()),
    good: (button, id) => rate(button, id, "good"),
    poor: (button, id) => rate(button, id, "poor"),
    retry: (_, id) => act({ do: "retry", id }),
    "go-on": (_, id) => act({ do: "go-on", id }),
    open: (_, id) => { toggleMenu(false); act({ do: "open", id }); },
    verify: () => openDoor("verify"),
    device: () => { toggleMenu(false); openDoor("device"); },
    why: (_, id) => giveReason(id, byId(`why-text-${id}`)?.value.trim()),
    why0: (button, id) => giveReason(id, button.textContent),
    why1: (button, id) => giveReason(id, button.textContent),
    why2: (button, id) => giveReason(id, button.textContent),
  };

  // --- Pages beside the chat: the server is asked for a way that knows this visitor -------------

  let wanted = "";

  function openDoor(name) {
    wanted = name;
    act({ do: "door", id: boxOf("conversation-id")?.value, text: name });
    if (name === "device") return;
    // Without an answer the page opens too; it then knows nobody.
    setTimeout(() => { if (wanted === name) location.assign(`/${name}`); }, 5000);
  }

  function goThrough() {
    for (const link of document.querySelectorAll(".cc-address")) {
      if (link.textContent !== link.href) link.textContent = link.href;
    }
    const way = document.querySelector(".cc-goto");
    if (!wanted || !way) return;
    wanted = "";
    const address = new URL(way.href);
    address.searchParams.set("zone", Intl.DateTimeFormat().resolvedOptions().timeZone ?? "");
    location.assign(address);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href="/book"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !boxOf("conversation-id")) return;
    event.preventDefault();
    link.classList.add("cc-waiting");
    toggleMenu(false);
    openDoor("book");
  });

  window.addEventListener("pageshow", () => {
    wanted = "";
    document.querySelectorAll(".cc-waiting").forEach((link) => link.classList.remove("cc-waiting"));
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[id^=do-]");
    if (button) {
      event.preventDefault();
      const id = button.id.match(UUID)?.[1] ?? "";
      const name = button.id.slice(3).split(id ? `-${id}` : "\n")[0];
      actions[name]?.(button, id);
    } else if (root.classList.contains("cc-menu-open")) {
      const inside = event.target.closest("#more");
      if (!inside || event.target.closest("#new-chat")) toggleMenu(false);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.id?.startsWith("why-text-")) {
      const id = event.target.id.match(UUID)?.[1];
      if (id) giveReason(id, event.target.value.trim());
    }
    if (event.key !== "Escape") return;
    if (root.classList.contains("cc-menu-open")) {
      toggleMenu(false);
      byId("do-menu")?.focus();
    } else if (root.classList.contains("cc-editing-on")) cancelEdit();
  });

  // --- What was typed is cleared when the server has taken it, never before --------------------

  let submitted = null;

  function noteSubmit() {
    const error = document.querySelector(".cc-error");
    submitted = { id: boxOf("message-id")?.value, text: boxOf("message-box")?.value, error };
  }

  function clearTaken() {
    if (!submitted) return;
    const error = document.querySelector(".cc-error");
    if (error && error !== submitted.error) submitted = null;
    else if (byId(`taken-${submitted.id}`)) {
      if (boxOf("message-box")?.value === submitted.text) setBox("message-box", "");
      if (root.classList.contains("cc-editing-on")) endEdit();
      submitted = null;
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (event.target === boxOf("message-box")) noteSubmit();
  }, true);

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#send")) noteSubmit();
    if (event.target.closest?.("#earlier")) noteReading();
    // The starters vanish: the keyboard goes on where it is needed. A phone's would pop up.
    const starter = event.target.closest?.("#starters button");
    if (starter && matchMedia("(hover: hover)").matches) boxOf("message-box")?.focus();
  }, true);

  // --- A reload keeps what was being written; the return of the server brings one -------------

  const FAR_TOO_LONG = 15000;

  document.addEventListener("input", (event) => {
    if (event.target !== boxOf("message-box")) return;
    storage(() => sessionStorage.setItem("career-chat-draft", event.target.value));
    root.classList.toggle("cc-is-long", event.target.value.length > FAR_TOO_LONG);
  }, true);

  function restoreDraft() {
    const draft = storage(() => sessionStorage.getItem("career-chat-draft"));
    if (draft && !boxOf("message-box")?.value) setBox("message-box", draft);
  }

  // --- Older messages appear above what is being read -----------------------------------------

  let reading = null;
  const scroller = () => document.querySelector("#log .bubble-wrap");

  function noteReading() {
    const list = scroller();
    const { top } = list.getBoundingClientRect();
    reading = { height: list.scrollHeight, scrolled: list.scrollTop, top };
  }

  function keepReading() {
    const list = scroller();
    if (!reading || list.scrollHeight <= reading.height) return;
    const added = list.scrollHeight - reading.height;
    list.scrollTop = reading.scrolled + added + list.getBoundingClientRect().top - reading.top;
    reading = null;
  }

  // --- Whoever signs in as the owner arrives at the owner's tab ----------------------------------

  const ARRIVAL = /^#owner(?:\.([a-z]+)(?:\.([0-9a-f-]{36}))?)?$/;

  function openOwnerArea() {
    const found = location.hash.match(ARRIVAL);
    const tab = found && byId("owner-button");
    if (!tab) return;
    tab.click();
    history.replaceState(null, "", location.pathname + location.search);
    const detail = { tab: found[1], id: found[2] };
    if (detail.tab) document.dispatchEvent(new CustomEvent("careerowner:goal", { detail }));
  }

  // --- What changes when the server has drawn something -------------------------------------

  let unread = false;

  function drawn() {
    const state = document.querySelector(".cc-state");
    if (!state) return;
    if (state.classList.contains("is-ready")) {
      if (!root.classList.contains("cc-ready")) restoreDraft();
      root.classList.add("cc-ready");
      root.classList.remove("cc-returning");
      bell.connect();
    }
    const failed = document.querySelector("#error-line [data-testid=status-tracker] .error");
    root.classList.toggle("cc-is-failed", Boolean(failed));
    openOwnerArea();
    goThrough();
    clearTaken();
    keepReading();
    markReasons();
    nameParts();
    tellWhoAnswers();
    document.dispatchEvent(new Event("careerchat:drawn"));
    if (document.hidden && !unread && root.classList.contains("cc-ready")) {
      unread = true;
      document.title = `\u2022 ${document.title}`;
    }
  }

  // Gradio labels a bubble with its raw source, which a screen reader would read out instead of it.
  function nameParts() {
    document.querySelectorAll("#log [data-testid=bot], #log [data-testid=user]").forEach((part) => {
      part.removeAttribute("aria-label");
    });
    document.querySelectorAll("#log .cc-good, #log .cc-poor").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.classList.contains("cc-on")));
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !unread) return;
    unread = false;
    document.title = document.title.replace(/^\u2022 /, "");
  });

  let planned = false;
  function planDrawn() {
    if (planned) return;
    planned = true;
    setTimeout(() => { planned = false; drawn(); }, 30);
  }

  function watch() {
    const page = byId("page");
    if (!page || !byId("log")) return;
    start.disconnect();
    new MutationObserver(planDrawn).observe(page, { childList: true, subtree: true });
    fitKeyboard();
    planDrawn();
  }

  const start = new MutationObserver(watch);
  start.observe(root, { childList: true, subtree: true });

  // --- The keyboard of a phone covers nothing -----------------------------------------------

  function fitKeyboard() {
    const view = window.visualViewport;
    if (!view) return;
    const fit = () => {
      root.style.setProperty("--cc-height", `${view.height}px`);
      if (view.offsetTop) window.scrollTo(0, 0);
    };
    view.addEventListener("resize", fit);
    fit();
  }

  // --- The live bell ------------------------------------------------------------------------

  const TYPING_SHOWN = 5000;
  let typingTimer = 0;

  function showTyping(isTyping) {
    clearTimeout(typingTimer);
    root.classList.toggle("cc-is-typing", isTyping);
    if (isTyping) typingTimer = setTimeout(() => showTyping(false), TYPING_SHOWN);
  }

  const bell = window.careerBell.open({
    ticket: () => boxOf("ticket")?.value,
    onOpen: (isAgain) => { if (isAgain) press("ring"); },
    onRing: () => { showTyping(false); press("ring"); },
    onTyping: (id) => { if (id === boxOf("conversation-id")?.value) showTyping(true); },
    onLine: (isOpen) => root.classList.toggle("cc-is-offline", !isOpen),
  });

  // --- Who answers: the bot, or the owner in person -------------------------------------------

  const hasOwner = () => Boolean(document.querySelector(".cc-state.is-human"));
  let usualWords = null;

  function tellWhoAnswers() {
    const box = boxOf("message-box");
    const words = byId("write-to")?.textContent;
    if (!box || !words) return;
    usualWords ??= box.placeholder;
    const wanted = hasOwner() ? words : usualWords;
    if (box.placeholder !== wanted) box.placeholder = wanted;
    if (!hasOwner()) showTyping(false);
  }

  document.addEventListener("input", (event) => {
    if (event.target === boxOf("message-box") && event.target.value && hasOwner()) {
      bell.typing(boxOf("conversation-id")?.value);
    }
  }, true);
})();
