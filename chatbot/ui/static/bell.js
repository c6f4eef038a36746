/* The live bell, for the visitor's and the owner's page: one socket, opened again when it breaks.
   It carries ids and signs that somebody is writing, no words. */
(() => {
  "use strict";
  if (window.careerBell) return;

  const TYPING_PAUSE = 2500;
  const SEEN_PAUSE = 60000;
  const OFFLINE_AFTER = 2500;
  const LONGEST_WAIT = 30000;

  /* `ticket` returns what opens the bell. `onOpen(isAgain)`, `onRing(id)`, `onTyping(id)` and
     `onLine(isOpen)` are called with what comes; the id of a ring may be "". */
  function open({ ticket, onOpen, onRing, onTyping, onLine }) {
    let socket = null;
    let attempts = 0;
    let wasOpen = false;
    let isWaiting = false;
    let offlineTimer = 0;
    const sent = new Map();

    function connect() {
      if (socket || isWaiting || !ticket()) return;
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      socket = new WebSocket(`${scheme}//${location.host}/api/bell`);
      socket.onopen = () => {
        socket.send(ticket());
        attempts = 0;
        sent.clear();
        clearTimeout(offlineTimer);
        onLine?.(true);
        onOpen?.(wasOpen);
        wasOpen = true;
      };
      socket.onmessage = ({ data }) => {
        const [kind, id = ""] = data.split(":");
        if (kind === "1") onRing?.(id);
        else if (kind === "t") onTyping?.(id);
      };
      socket.onclose = () => {
        socket = null;
        attempts += 1;
        if (wasOpen && attempts === 1) offlineTimer = setTimeout(() => onLine?.(false), OFFLINE_AFTER);
        const wait = Math.min(LONGEST_WAIT, 500 * 2 ** Math.min(attempts, 6));
        isWaiting = true;
        setTimeout(reconnect, wait * (0.5 + Math.random()));
      };
    }

    function reconnect() {
      isWaiting = false;
      connect();
    }

    function send(frame, pause) {
      const now = performance.now();
      if (socket?.readyState !== WebSocket.OPEN || now - (sent.get(frame) ?? -pause) < pause) return;
      sent.set(frame, now);
      socket.send(frame);
    }

    window.addEventListener("online", reconnect);

    return {
      connect,
      typing: (id) => { if (id) send(`t:${id}`, TYPING_PAUSE); },
      seen: () => send("s", SEEN_PAUSE),
    };
  }

  window.careerBell = { open };
})();
