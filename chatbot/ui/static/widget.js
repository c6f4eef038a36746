/* A chat bubble for any site: <script src="https://ADDRESS/widget.js" async></script>
   It keeps to itself: one element, styles in a shadow root, no cookies, nothing global. The chat is
   a frame that is loaded when the bubble is first opened. */
(() => {
  "use strict";
  const OPTIONS = {/* options */};
  const script = document.currentScript;
  const home = new URL(script?.src ?? location.href).origin;
  if (document.querySelector("[data-career-chat]")) return;

  const STYLE = `
    :host { all: initial; }
    * { box-sizing: border-box; }
    button { font: inherit; cursor: pointer; }
    button:focus-visible, iframe:focus-visible { outline: 3px solid ${OPTIONS.accent}; outline-offset: 2px; }
    .bubble {
      position: fixed; bottom: 20px; z-index: 2147483000;
      display: flex; align-items: center; gap: 10px;
      min-width: 56px; height: 56px; padding: 0 20px 0 16px; border: 0; border-radius: 28px;
      background: ${OPTIONS.accent}; color: ${OPTIONS.onAccent};
      font: 600 16px/20px ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
      box-shadow: 0 6px 24px rgb(0 0 0 / 24%);
    }
    .bubble svg { width: 24px; height: 24px; flex: none; }
    .dot { position: absolute; top: 2px; right: 2px; width: 14px; height: 14px; border: 2px solid #fff; border-radius: 50%; background: #c62828; }
    [hidden] { display: none !important; }
    .right { right: 20px; } .left { left: 20px; }
    .panel {
      position: fixed; bottom: 88px; z-index: 2147483001;
      display: flex; flex-direction: column; overflow: hidden;
      width: min(400px, calc(100vw - 40px)); height: min(640px, calc(100dvh - 108px));
      border: 1px solid rgb(128 128 128 / 35%); border-radius: 16px;
      background: #fff; color: #16181d;
      box-shadow: 0 12px 48px rgb(0 0 0 / 28%);
      font: 600 15px/20px ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
    }
    .head { display: flex; align-items: center; justify-content: space-between; padding: 4px 4px 4px 16px; border-bottom: 1px solid rgb(128 128 128 / 25%); }
    .close { display: grid; place-items: center; width: 44px; height: 44px; border: 0; border-radius: 12px; background: none; color: inherit; }
    .close svg { width: 20px; height: 20px; }
    iframe { flex: 1; width: 100%; border: 0; background: inherit; }
    @media (prefers-color-scheme: dark) { .panel { background: #13151a; color: #e7e9ee; } }
    @media (max-width: 480px) {
      .panel { inset: 0; width: auto; height: auto; border: 0; border-radius: 0; }
      .bubble { padding: 0 16px; } .bubble span { display: none; }
    }`;

  const SVG = "http://www.w3.org/2000/svg";
  function icon(path) {
    const image = document.createElementNS(SVG, "svg");
    image.setAttribute("viewBox", "0 0 24 24");
    image.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(SVG, "path");
    for (const [name, value] of Object.entries({
      d: path, fill: "none", stroke: "currentColor", "stroke-width": "2",
      "stroke-linecap": "round", "stroke-linejoin": "round",
    })) line.setAttribute(name, value);
    image.append(line);
    return image;
  }

  function make(tag, properties, ...children) {
    const part = Object.assign(document.createElement(tag), properties);
    part.append(...children);
    return part;
  }

  const side = script?.dataset.side === "left" ? "left" : "right";
  const label = script?.dataset.label || OPTIONS.label;
  const host = make("div", {});
  host.dataset.careerChat = "";
  const shadow = host.attachShadow({ mode: "open" });

  const dot = make("span", { className: "dot", hidden: true });
  const bubble = make("button", { type: "button", className: `bubble ${side}` },
    icon("M21 12a8 8 0 0 1-8 8H4l2-3a8 8 0 1 1 15-5z"), make("span", { textContent: label }), dot);
  const closeButton = make("button", { type: "button", className: "close" }, icon("M6 6l12 12M18 6L6 18"));
  const panel = make("div", { className: `panel ${side}`, id: "panel", hidden: true },
    make("div", { className: "head" }, make("span", { textContent: OPTIONS.title }), closeButton));
  let frame = null;

  const name = (part, words) => part.setAttribute("aria-label", words);
  panel.setAttribute("role", "dialog");
  name(panel, OPTIONS.title);
  name(closeButton, OPTIONS.close);
  name(bubble, label);
  bubble.setAttribute("aria-controls", "panel");
  bubble.setAttribute("aria-expanded", "false");
  bubble.setAttribute("aria-haspopup", "dialog");

  const isOpen = () => !panel.hidden;

  function toggle(open, takesFocus = true) {
    if (open === isOpen()) return;
    if (open && !frame) {
      frame = make("iframe", { src: `${home}/?embed=1`, title: OPTIONS.title, allow: "clipboard-write" });
      panel.append(frame);
    }
    panel.hidden = !open;
    bubble.setAttribute("aria-expanded", String(open));
    if (open) { dot.hidden = true; name(bubble, label); }
    if (takesFocus) (open ? frame : bubble).focus();
  }

  bubble.addEventListener("click", () => toggle(!isOpen()));
  closeButton.addEventListener("click", () => toggle(false));
  shadow.addEventListener("keydown", (event) => {
    if (event.key === "Escape") toggle(false);
  });
  window.addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== home) return;
    if (event.data?.careerChat === "close") toggle(false);
    if (event.data?.careerChat === "news" && !isOpen()) {
      dot.hidden = false;
      name(bubble, `${label}. ${OPTIONS.news}`);
    }
  });

  // A sheet of its own, which the strictest policy of a site allows.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(bubble, panel);
  const show = () => document.body.append(host);
  if (document.body) show();
  else document.addEventListener("DOMContentLoaded", show);
})();
