/* The owner's area: clicks in lists, what is open, moments by the owner's clock. It holds no words
   and no data, and talks to the server only through Gradio's components. */
(() => {
  "use strict";
  if (window.careerOwner) return;

  const byId = (id) => document.getElementById(id);
  const boxOf = (id) => document.querySelector(`#${id} textarea, #${id} input`);
  const BUTTON = /^own-([a-z]+)-([a-z]+)-([0-9a-f-]{36}|\d{1,5})(?:-in-.+)?$/;
  const HEAD = /^own-([a-z]+)-at-([0-9a-f-]{36})$/;

  function setBox(id, value) {
    const box = boxOf(id);
    if (!box || box.value === value) return;
    box.value = value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Gradio takes the text over in the next tick.
  const press = (id) => setTimeout(() => byId(id)?.click(), 0);

  function set(node, name, value) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }

  /* What the scripts of single tabs share. `verbs[tab][verb]` is what a tab does itself on a click
     of its buttons; any other verb goes to the tab's hidden components. */
  const verbs = {};
  window.careerOwner = { byId, boxOf, setBox, press, set, inTab, verbs };

  // --- Clicks -------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[id^=own-]");
    const [, tab, verb, value] = button?.id.match(BUTTON) ?? [];
    if (!tab) return;
    if (verbs[tab]?.[verb]) verbs[tab][verb](value);
    else if (verb === "back") close(tab, value);
    else if (verb === "page") turn(tab, value);
    else inTab(tab, verb, () => ask(tab, verb, value));
  });

  /* The address of a notification: opened once the tab that it names is there. */
  document.addEventListener("careerowner:goal", ({ detail }) => {
    const { tab, id } = detail;
    if (!id) inTab(tab, "show", () => {});
    else if (verbs[tab]?.open) verbs[tab].open(id);
    else inTab(tab, "open", () => ask(tab, "open", id));
  });

  function ask(tab, verb, value) {
    if (verb === "open") shown.delete(tab);
    setBox(`owner-${tab}-selected`, value);
    press(`owner-${tab}-${verb}`);
  }

  function turn(tab, page) {
    setBox(`owner-${tab}-page`, page);
    press(`owner-${tab}-show`);
    byId(`owner-${tab}-list`)?.scrollIntoView({ block: "start" });
  }

  /* The components of a tab are there once it has been opened. */
  function inTab(tab, verb, go, tries = 100) {
    const name = `owner-${tab}-button`;
    if (byId(name)?.getAttribute("aria-selected") !== "true") byId(name)?.click();
    if (byId(`owner-${tab}-${verb}`)) go();
    else if (tries) setTimeout(() => inTab(tab, verb, go, tries - 1), 30);
  }

  function close(tab, id) {
    byId(`owner-${tab}-split`)?.classList.remove("own-reading");
    byId(`own-${tab}-open-${id}`)?.focus();
  }

  document.addEventListener("keydown", (event) => {
    const list = event.target.closest?.("#owner-tabs > .tab-wrapper > [role=tablist]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!list || !step) return;
    const tabs = [...list.querySelectorAll("[role=tab]:not([disabled])")];
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    next?.focus();
    next?.click();
  });

  // --- What the server has drawn ------------------------------------------------------------

  const shown = new Map();

  function tellPage() {
    if (!byId("owner-clock")) return;
    setBox("owner-clock", String(-new Date().getTimezoneOffset() || 0));
    setBox("owner-scheme", document.body.classList.contains("dark") ? "dark" : "light");
  }

  /* What has been opened is gone to: on a phone it takes the place of the list. */
  function noteOpened() {
    for (const head of document.querySelectorAll("#owner-area .own-head")) {
      const [, tab, id] = head.id.match(HEAD) ?? [];
      if (!tab) continue;
      markRow(tab, id);
      if (shown.get(tab) === id || boxOf(`owner-${tab}-selected`)?.value !== id) continue;
      shown.set(tab, id);
      const split = byId(`owner-${tab}-split`);
      split?.classList.add("own-reading");
      head.closest(".own-detail")?.scrollTo({ top: 0 });
      if (matchMedia("(max-width: 1100px)").matches) split?.scrollIntoView({ block: "start" });
      set(head, "tabindex", "-1");
      head.focus({ preventScroll: true });
    }
  }

  function markRow(tab, id) {
    for (const row of document.querySelectorAll(`#owner-${tab}-list .own-row`)) {
      const isOpen = row.id === `own-${tab}-open-${id}`;
      if (isOpen) set(row, "aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  function tellTime() {
    for (const time of document.querySelectorAll("#owner-area time[datetime]")) {
      const when = new Date(time.dateTime);
      if (time.title || Number.isNaN(when.valueOf())) continue;
      const now = new Date();
      const isToday = when.toDateString() === now.toDateString();
      const year = when.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
      const day = isToday ? {} : { day: "numeric", month: "short", ...year };
      const isShort = time.closest(".own-when") && !isToday;
      const hour = isShort ? {} : { hour: "2-digit", minute: "2-digit" };
      time.title = time.textContent;
      time.textContent = when.toLocaleString([], { ...day, ...hour });
    }
  }

  function nameParts() {
    for (const panel of document.querySelectorAll("#owner-tabs > [role=tabpanel]")) {
      set(panel, "aria-labelledby", `${panel.id}-button`);
    }
    for (const line of document.querySelectorAll("#owner-area .own-line")) {
      set(line, "aria-live", "polite");
    }
    // It scrolls by itself, also for whoever has no pointer.
    for (const head of document.querySelectorAll("#owner-area .own-detail .own-head")) {
      const detail = head.closest(".own-detail");
      set(detail, "role", "region");
      set(detail, "tabindex", "0");
      set(detail, "aria-labelledby", head.id);
    }
    // Beside each figure stands the same in words.
    for (const plot of document.querySelectorAll("#owner-area .own-plot")) {
      set(plot, "aria-hidden", "true");
    }
  }

  document.addEventListener("careerchat:drawn", () => {
    if (!byId("owner-area")) return;
    tellPage();
    noteOpened();
    tellTime();
    nameParts();
  });
})();
