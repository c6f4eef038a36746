/* The owner's contacts: what a button in a contact asks for, days for the next step, and that what
   has been typed is saved before another contact is opened. It holds no words and no data. */
(() => {
  "use strict";
  if (!window.careerOwner || window.careerOwner.verbs.contacts) return;

  const { byId, boxOf, setBox, press, set, verbs } = window.careerOwner;
  const PARTS = ["step", "day", "notes"].map((name) => `#owner-contacts-${name}`).join(", ");

  function act(verb, value) {
    setBox("owner-contacts-action", `${verb}:${value}`);
    press("owner-contacts-act");
  }

  /* A tag goes by its own words: its number may be another one's by now. */
  function untag(number) {
    const chip = byId(`own-contacts-untag-${number}`)?.closest(".contact-tag");
    const words = chip?.querySelector("span")?.textContent;
    if (words) act("untag", words);
  }

  function setDay(days) {
    const day = new Date();
    day.setDate(day.getDate() + Number(days));
    const parts = [day.getFullYear(), day.getMonth() + 1, day.getDate()];
    setBox("owner-contacts-day", parts.map((part) => String(part).padStart(2, "0")).join("-"));
    boxOf("owner-contacts-step")?.focus();
  }

  verbs.contacts = { day: setDay, untag };
  for (const verb of ["junk", "unjunk", "done", "pick", "unpick", "unite"]) {
    verbs.contacts[verb] = (value) => act(verb, value);
  }

  // --- What has been typed is not lost ----------------------------------------------------------

  let typedFor = "";
  const shown = () => boxOf("owner-contacts-shown")?.value ?? "";

  document.addEventListener("input", (event) => {
    if (event.isTrusted && event.target.closest?.(PARTS)) typedFor = shown();
  });

  document.addEventListener(
    "click",
    (event) => {
      if (!event.isTrusted) return;
      const isSave = event.target.closest?.("#owner-contacts-save");
      const isLeave = event.target.closest?.("[id^=own-contacts-open-], [id^=own-contacts-done-]");
      if (isLeave && typedFor && typedFor === shown()) press("owner-contacts-save");
      if (isSave || isLeave) typedFor = "";
    },
    true,
  );

  document.addEventListener("careerchat:drawn", () => {
    // Gradio opens every link in a tab of its own; the import leads back here.
    for (const link of document.querySelectorAll("#owner-contacts-list .own-file a[target]")) {
      link.removeAttribute("target");
    }
    const day = document.querySelector("#owner-contacts-day input");
    if (!day) return;
    set(day, "type", "date");
    day.removeAttribute("placeholder");
    const list = byId("owner-contacts-tags");
    if (list) set(list, "aria-live", "polite");
  });
})();
