// Pages work without this. With it, those that show what others do follow it by themselves.
"use strict";

// A second click sends nothing: what is shown once, such as a new token, is not lost.
// A button that only opens a form records nothing, and may open it in another tab.
const records = (form) => form.method === "post" && !form.matches(".wcc-correction");
addEventListener("submit", (event) => {
  const form = event.target;
  if (!records(form) || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A form that cannot be sent stays as it is. A server on this machine is reached without any network.
const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
addEventListener("submit", (event) => {
  if (navigator.onLine || isHere || !records(event.target)) return;
  event.preventDefault();
  delete event.target.dataset.sent;
  const id = "not-sent";
  const said = document.getElementById(id) ?? document.createElement("p");
  Object.assign(said, { id, ariaLive: "assertive", className: "wcc-waiting" });
  said.textContent = "";
  event.target.append(said);
  said.textContent = "There is no connection, so nothing was sent. What you typed is still here: save again once you are connected.";
});

(() => {
  const EVERY = 2000; // Milliseconds between two looks.
  const UNUSED = 15 * 60 * 1000; // A page that nobody touches for so long is left alone.
  const live = document.querySelector("main[data-live]");
  const said = document.getElementById("live");
  if (!live || !said) return;

  let shown = live.innerHTML;
  let used = Date.now();
  let isLost = false;
  for (const event of ["pointerdown", "keydown", "wheel"]) {
    addEventListener(event, () => { used = Date.now(); }, { passive: true, capture: true });
  }
  const say = (words) => { if (said.textContent !== words) said.textContent = words; };
  const values = () => [...live.querySelectorAll("input, select, textarea")].map((field) => field.value).join("\n");
  let given = values();
  // Whether somebody chooses or types something, which must not be replaced.
  const isTyping = () => {
    const field = document.activeElement;
    const isThere = field && live.contains(field) && field.matches("input, select, textarea, button, summary");
    return isThere || values() !== given;
  };

  // Puts the new contents in place of the old, with the same parts open and the same link in focus.
  const replace = (text) => {
    const open = [...live.querySelectorAll("details")].map((part) => part.open);
    const link = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const scrolled = [...live.querySelectorAll(".wcc-table__scroll")].map((part) => part.scrollLeft);
    live.innerHTML = text;
    given = values();
    live.querySelectorAll("details").forEach((part, number) => { part.open = open[number] ?? part.open; });
    live.querySelectorAll(".wcc-table__scroll").forEach((part, number) => { part.scrollLeft = scrolled[number] ?? 0; });
    if (link) live.querySelector(`[href="${CSS.escape(link)}"]`)?.focus({ preventScroll: true });
  };

  const look = async () => {
    if (document.hidden || Date.now() - used > UNUSED || isTyping()) return;
    try {
      const response = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
      if (!response.ok) throw new Error(String(response.status));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const contents = page.querySelector("main[data-live]");
      if (!contents) throw new Error("another page");
      // Looking is using: the session goes on.
      const session = page.getElementById("session-warning");
      if (session) dispatchEvent(new CustomEvent("session-goes-on", { detail: Number(session.dataset.seconds) }));
      if (contents.innerHTML !== shown && !isTyping()) {
        shown = contents.innerHTML;
        replace(shown);
        say(`Updated at ${new Date().toLocaleTimeString("en-GB")}.`);
      } else if (isLost) {
        say("Connected again.");
      }
      isLost = false;
    } catch {
      isLost = true;
      say("The connection is lost, or you were signed out: this page may be out of date.");
    }
  };

  say("This page follows what others record.");
  const again = () => look().finally(() => setTimeout(again, EVERY));
  setTimeout(again, EVERY);
})();
