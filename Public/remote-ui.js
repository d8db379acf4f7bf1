"use strict";

// Everything works without this file. It saves reloads and says changes aloud.

/** A form that must not be sent twice by a double click; also one that comes with a part of the page later. */
function guardForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]")) {
      return;
    }
    // No longer than that: who stopped the browser while it waited for the answer may send it again.
    if (event.timeStamp - Number(form.dataset.sentAt ?? -Infinity) < 2000) {
      event.preventDefault();
      return;
    }
    form.dataset.sentAt = String(event.timeStamp);
  });
}

let leaving = false;

/** What somebody clicked counts: a page that is being left does not reload itself. */
function watchLeaving() {
  window.addEventListener("beforeunload", () => (leaving = true));
  window.addEventListener("pageshow", () => (leaving = false));
}

const ENDED = "ended";

/** After the reload that ends a live page: the focus goes to what came of it, so that a screen reader says it. */
function focusWhatEnded() {
  if (window.sessionStorage.getItem(ENDED) === window.location.pathname) {
    document.getElementById("live")?.focus();
  }
  window.sessionStorage.removeItem(ENDED);
}

/** Swaps what is in the live part. The focus stays where it was, on the same words; if they are gone, on the part. */
function swap(live, fresh) {
  const words = live.contains(document.activeElement) ? document.activeElement.textContent : null;
  live.replaceChildren(...document.adoptNode(fresh).childNodes);
  if (words !== null && document.activeElement !== live) {
    const same = [...live.querySelectorAll("a, button")].find((element) => element.textContent === words);
    (same ?? live).focus({ preventScroll: true });
  }
}

/** The part of the page that changes while something runs: fetched every few seconds, swapped only when it differs. */
function followLive(secondsAway = 0) {
  const live = document.getElementById("live");
  if (!live || live.dataset.live !== "running") {
    return;
  }
  const seconds = Number(live.dataset.seconds) || 1;
  window.setTimeout(async () => {
    let away = 0;
    try {
      const reply = await fetch(window.location.href, { credentials: "same-origin", cache: "no-store" });
      const text = await reply.text();
      if (leaving) {
        return;
      }
      const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("live");
      if (!reply.ok || reply.redirected || !fresh) {
        window.location.reload();
        return;
      }
      if (fresh.innerHTML !== live.innerHTML) {
        swap(live, fresh);
      }
      live.dataset.live = fresh.dataset.live;
      live.dataset.seconds = fresh.dataset.seconds ?? "1";
      if (fresh.dataset.live !== "running") {
        // Banner and buttons outside the part may have changed too.
        window.sessionStorage.setItem(ENDED, window.location.pathname);
        window.location.reload();
        return;
      }
    } catch {
      // The machine may be restarting; the next round asks again.
      away = secondsAway + seconds;
    }
    if (away >= 20) {
      // It may be back with a certificate that no script may fetch from, only a visit.
      window.location.reload();
      return;
    }
    followLive(away);
  }, 1000 * seconds);
}

/** Waits until another process than the one that served this page answers, then goes on to the login page. */
function waitForMachine() {
  const waiting = document.getElementById("waiting");
  if (!waiting) {
    return;
  }
  const state = document.getElementById("waiting-state");
  const begun = Date.now();

  async function ask() {
    try {
      const reply = await fetch("/healthz", { cache: "no-store", redirect: "error" });
      const health = await reply.json();
      if (reply.ok && health.instance !== waiting.dataset.instance) {
        state.textContent = waiting.dataset.back;
        window.location.replace("/login");
        return;
      }
    } catch {
      // The machine is away; the next round asks again.
    }
    const waited = Date.now() - begun;
    if (waited > 20000) {
      // A new certificate that this browser does not trust cannot be fetched by a script, only visited.
      window.location.replace("/login");
      return;
    }
    if (waited > 8000) {
      state.textContent = waiting.dataset.slow;
    }
    window.setTimeout(ask, 500);
  }

  window.setTimeout(ask, 500);
}

guardForms();
watchLeaving();
focusWhatEnded();
followLive();
waitForMachine();
