// Asks now and then how far the files on this page are, until all are done. Words come from the server.
(() => {
  "use strict";
  const FAST = 1500, SLOW = 5000, SLOW_AFTER = 60000, GIVE_UP_AFTER = 8;
  const open = () => Array.from(document.querySelectorAll('[data-submission][data-finished="no"]'));
  const began = Date.now();
  let failures = 0, timer = null;

  const tellLost = (cell) => {
    const frame = cell.closest("[data-lost]");
    if (!frame || frame.querySelector(".notice-lost")) return;
    const note = document.createElement("p");
    note.className = "hint notice-lost";
    note.textContent = frame.dataset.lost;
    frame.append(note);
  };

  const show = (answer) => {
    let reload = false;
    for (const one of answer.submissions) {
      for (const cell of document.querySelectorAll(`[data-submission="${one.id}"]`)) {
        const text = document.createElement("div");
        text.innerHTML = one.html;
        // Only a change is written, so that screen readers do not repeat themselves.
        if (text.textContent.trim() !== cell.textContent.trim() || text.querySelector("progress")) cell.innerHTML = one.html;
        if (one.finished && cell.dataset.finished === "no") {
          cell.dataset.finished = "yes";
          reload = reload || Boolean(cell.closest('[data-reload="yes"]'));
        }
      }
    }
    if (reload) window.location.reload();
  };

  const ask = async () => {
    timer = null;
    const cells = open();
    if (!cells.length) return;
    const frame = cells[0].closest("[data-progress]");
    const ids = [...new Set(cells.map((cell) => cell.dataset.submission))].slice(0, 200);
    try {
      const answer = await fetch(`${frame.dataset.progress}?ids=${ids.join(",")}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
      failures = 0;
    } catch {
      failures += 1;
      if (failures >= GIVE_UP_AFTER) { cells.forEach(tellLost); return; }
    }
    plan();
  };

  const plan = () => {
    if (timer === null && open().length) timer = setTimeout(ask, Date.now() - began > SLOW_AFTER || failures ? SLOW : FAST);
  };

  document.addEventListener("submissions-changed", plan);
  plan();
})();
