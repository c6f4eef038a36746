/* What the pages around calls do beside their forms, which work without it: the visitor's own time
   zone, the time that a hold has left, one click for one call. It holds no words. */
(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);

  // --- The visitor's own time zone, unless one was chosen ------------------------------------

  const zones = byId("zones");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const place = new URL(location.href);
  if (zones && own && !place.searchParams.has("zone") && zones.dataset.zone !== own) {
    place.searchParams.set("zone", own);
    location.replace(place);
  }

  // --- A hold runs out -----------------------------------------------------------------------

  const held = document.querySelector(".held[data-until]");
  if (held) {
    const until = new Date(held.dataset.until).valueOf();
    const left = held.querySelector(".left");
    const tell = () => {
      const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds) return;
      clearInterval(timer);
      held.setAttribute("role", "status");
      held.textContent = held.dataset.over;
    };
    const timer = setInterval(tell, 1000);
    tell();
  }

  // --- One click is one request ----------------------------------------------------------------

  for (const form of document.querySelectorAll("form.once")) {
    form.addEventListener("submit", (event) => {
      if (form.classList.contains("is-sent")) event.preventDefault();
      form.classList.add("is-sent");
    });
  }
  // Whoever comes back finds the form as it was left.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form.is-sent").forEach((form) => form.classList.remove("is-sent"));
  });

  // --- The link to keep, whole -------------------------------------------------------------------

  const link = byId("link");
  if (link) {
    link.value = new URL(link.value, location.href).href;
    link.addEventListener("focus", () => link.select());
  }

  byId("print")?.addEventListener("click", () => window.print());

  (document.querySelector("[aria-invalid]") ?? byId("error"))?.focus();
})();
