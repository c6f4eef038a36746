/* The dialog about the visitor's own data: taken along, or deleted for good. It holds no words. */
(() => {
  "use strict";
  if (window.careerData) return;
  window.careerData = true;

  const STORED = "career-chat";
  const dialog = () => document.getElementById("your-data");
  const line = () => dialog().querySelector(".cc-line");
  let isDone = false;

  function show(step) {
    for (const part of dialog().querySelectorAll(".cc-step")) part.hidden = part.dataset.step !== step;
    dialog().setAttribute("aria-labelledby", headingOf(step).id);
    say("");
  }

  function headingOf(step) {
    const heading = dialog().querySelector(`[data-step=${step}] h2`);
    heading.id ||= `your-data-${step}`;
    return heading;
  }

  function say(name) {
    line().textContent = name ? line().dataset[name] : "";
    line().classList.toggle("is-failed", name === "failed");
  }

  function setBusy(isBusy) {
    for (const button of dialog().querySelectorAll("button")) button.disabled = isBusy;
  }

  /* The key goes in a header: an address would be kept by histories and logs. */
  async function ask(path) {
    const key = document.querySelector("#data-key textarea, #data-key input")?.value;
    const answer = await fetch(path, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      cache: "no-store",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  async function whileBusy(words, work) {
    setBusy(true);
    say(words);
    try {
      await work();
    } catch {
      say("failed");
    } finally {
      setBusy(false);
    }
  }

  const download = () => whileBusy("preparing", async () => {
    const answer = await ask("/api/me/export");
    const name = answer.headers.get("content-disposition")?.match(/filename="([^"]+)"/)?.[1];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name ?? "data.zip";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    say("downloaded");
  });

  const erase = () => whileBusy("deleting", async () => {
    await ask("/api/me/erase");
    forget();
    isDone = true;
    document.documentElement.classList.add("cc-erased");
    show("done");
    headingOf("done").focus();
  });

  function forget() {
    try {
      localStorage.removeItem(STORED);
      sessionStorage.removeItem("career-chat-draft");
    } catch { /* A frame of another site that may store nothing has stored nothing. */ }
  }

  /* What this page still shows goes with it. */
  function startAfresh() {
    forget();
    location.reload();
  }

  const actions = {
    download,
    erase,
    delete: () => { show("confirm"); dialog().querySelector("[data-do=keep]").focus(); },
    keep: () => { show("start"); dialog().querySelector("[data-do=delete]").focus(); },
    close: () => dialog().close(),
    afresh: startAfresh,
  };

  function open() {
    show("start");
    dialog().showModal();
    dialog().onclose = () => { if (isDone) startAfresh(); };
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".cc-your-data")) open();
    const button = event.target.closest?.("#your-data [data-do]");
    if (button) actions[button.dataset.do]?.();
    if (event.target === dialog()) dialog().close();
  });

  // Another tab of this visitor has deleted everything: what this one shows is gone.
  window.addEventListener("storage", (event) => {
    if (event.key === STORED && event.oldValue && !event.newValue) location.reload();
  });
})();
