// Pages work without this: whoever is signed out while typing is shown what they typed. With it, they are warned some
// minutes before, and can stay signed in.
"use strict";

(() => {
  const warning = document.getElementById("session-warning");
  if (!warning) return;
  const length = Number(warning.dataset.seconds);
  const BEFORE = Math.min(5 * 60, length / 3); // Seconds before the end of the session.
  const words = warning.querySelector("p");
  const stay = warning.querySelector("button");
  const minutes = (seconds) => {
    const count = Math.max(1, Math.round(seconds / 60));
    return count === 1 ? "a minute" : `${count} minutes`;
  };
  let end = performance.now() + length * 1000;
  // The same words are not said again.
  const say = (text) => { if (words.textContent !== text) words.textContent = text; };

  const look = () => {
    const left = (end - performance.now()) / 1000;
    warning.hidden = left > BEFORE;
    if (left > BEFORE) return;
    stay.hidden = left <= 0;
    if (left <= 0) {
      say("You were signed out. What you typed is still here: copy it before you leave this page, then sign in again.");
    } else {
      say(`You will be signed out in about ${minutes(left)}. Save what you typed, or stay signed in.`);
    }
  };

  stay.addEventListener("click", async () => {
    try {
      const response = await fetch("/session", { credentials: "same-origin", cache: "no-store" });
      if (!response.ok) throw new Error(String(response.status));
      const { seconds } = await response.json();
      end = performance.now() + seconds * 1000;
      look();
    } catch {
      say("You could not be kept signed in. Copy what you typed before you leave this page.");
    }
  });
  // A page that follows others has just been asked for.
  addEventListener("session-goes-on", ({ detail }) => {
    end = performance.now() + detail * 1000;
    look();
  });
  // Another tab, or a computer that slept.
  addEventListener("visibilitychange", look);
  setInterval(look, 5000);
  look();
})();
