/* The tabs and forms: which tab is open, how fields are named to screen readers, where the keyboard
   goes after an answer. It holds no words and talks to the server only through Gradio. */
(() => {
  "use strict";
  if (window.careerForms) return;
  window.careerForms = true;

  const byId = (id) => document.getElementById(id);
  const inputOf = (field) => field.querySelector("input, textarea");

  // --- Tabs ---------------------------------------------------------------------------------

  const openTab = (name) => byId(`${name}-tab-button`)?.click();

  const actions = {
    "do-tab-chat": () => openTab("chat"),
    "do-tab-contact": () => openTab("contact"),
    "do-tab-human": () => openTab("human"),
    "do-again": () => openForm("contact-form"),
    "do-more": () => openForm("human-form"),
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("button");
    if (!target) return;
    actions[target.id]?.();
    // What these do shows in the chat.
    if (target.matches("#talk, #new-chat, [id^=do-open-]")) openTab("chat");
    // Whether the owner is here may have changed since the page was drawn.
    if (target.id === "human-tab-button") byId("ring")?.click();
    if (target.matches(".cc-form button.primary")) submit(target.closest(".cc-form"));
  });

  document.addEventListener("keydown", (event) => {
    const list = event.target.closest?.("#tabs > .tab-wrapper > [role=tablist]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (list && step) {
      const tabs = [...list.querySelectorAll("[role=tab]:not([disabled])")];
      const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
      next?.focus();
      next?.click();
    }
    const form = event.target.closest?.(".cc-form");
    if (form && event.key === "Enter" && !event.isComposing && isOneLine(event.target)) submit(form);
  });

  const isOneLine = (box) => box.tagName === "INPUT" ? box.type !== "checkbox" : box.rows === 1;

  // --- Forms --------------------------------------------------------------------------------

  function openForm(id) {
    const form = byId(id);
    form?.classList.add("cc-open");
    if (form) inputOf(form)?.focus();
  }

  const busy = new Map();

  function submit(form) {
    busy.set(form, form.querySelector(".cc-answered")?.id);
    form.classList.add("cc-busy");
  }

  function answered() {
    for (const [form, before] of busy) {
      const failed = form.querySelector("[data-testid=status-tracker] .error");
      const mark = form.querySelector(".cc-answered")?.id;
      if (!failed && (!mark || mark === before)) continue;
      busy.delete(form);
      form.classList.remove("cc-busy");
      if (!failed) goOn(form);
    }
  }

  /* To the first field that needs a change, else to what has come of the form. */
  function goOn(form) {
    const fault = form.querySelector(".cc-field-error")?.closest(".cc-field");
    if (fault) inputOf(fault)?.focus();
    if (fault || form.querySelector(".cc-error")) return;
    form.classList.remove("cc-open");
    const result = form.parentElement.querySelector(".cc-receipt h2, .is-told .cc-where");
    result?.setAttribute("tabindex", "-1");
    result?.focus();
    form.closest(".tabitem")?.scrollTo({ top: 0 });
  }

  function nameFields() {
    for (const field of document.querySelectorAll(".cc-field")) {
      const box = inputOf(field);
      if (!box) continue;
      const error = field.querySelector(".cc-field-error");
      set(box, "aria-describedby", (error ?? field.querySelector(".cc-help"))?.id ?? "");
      set(box, "aria-invalid", String(Boolean(error)));
    }
    const email = document.querySelector("#contact-email input");
    if (email) set(email, "aria-required", "true");
    const phone = document.querySelector("#contact-phone textarea");
    if (phone) set(phone, "inputmode", "tel");
    const unseen = byId("contact-unseen");
    if (unseen) set(unseen, "aria-hidden", "true");
  }

  function nameTabs() {
    for (const panel of document.querySelectorAll("#tabs > [role=tabpanel]")) {
      set(panel, "aria-labelledby", `${panel.id}-button`);
    }
  }

  function set(node, name, value) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }

  /* The server speaks of moments in UTC; a visitor has a clock of their own. */
  function tellTime() {
    for (const time of document.querySelectorAll(":is(#presence, #state) time[datetime]")) {
      const moment = new Date(time.dateTime);
      if (time.title || Number.isNaN(moment.valueOf())) continue;
      const isToday = moment.toDateString() === new Date().toDateString();
      const far = moment - new Date() > 6 * 86400000 ? { day: "numeric", month: "short" } : {};
      const date = time.matches(".cc-opening")
        ? { weekday: "long", ...far }
        : { day: "numeric", month: "short" };
      const day = isToday ? {} : date;
      time.title = time.textContent;
      time.textContent = moment.toLocaleString([], { ...day, hour: "2-digit", minute: "2-digit" });
    }
  }

  document.addEventListener("careerchat:drawn", () => {
    nameTabs();
    nameFields();
    answered();
    tellTime();
  });
})();
