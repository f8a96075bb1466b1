"use strict";
/* The review page without reloading: decisions by fetch, words of a finding into the reason, keys to move and decide.
   Without this file every form posts and comes back to its clause. */
(() => {
  const root = document.querySelector("[data-review]");
  if (!root) return;
  const announcer = root.querySelector("[data-announce]");
  let current = null;

  const prepare = (within) => {
    for (const hidden of within.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
  };

  const fragment = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };

  const showProblem = (form, message) => {
    const problem = form.querySelector(".problem");
    problem.textContent = message;
    problem.hidden = false;
    problem.scrollIntoView({ block: "nearest", behavior: "instant" });
  };

  const select = (clause, focus = true) => {
    if (current) current.classList.remove("is-current");
    current = clause;
    current.classList.add("is-current");
    if (focus) {
      clause.focus({ preventScroll: true });
      clause.scrollIntoView({ block: "start", behavior: "instant" });
    }
  };

  const showAnswer = (clause, answer) => {
    const renewed = fragment(answer.clause).querySelector("[data-clause]");
    clause.replaceWith(renewed);
    const around = fragment(answer.bar);
    for (const id of ["review-bar", "review-filters"]) {
      document.getElementById(id).replaceWith(around.getElementById(id));
    }
    prepare(renewed);
    current = renewed;
    renewed.classList.add("is-current", "is-saved");
    renewed.focus({ preventScroll: true });
    announcer.textContent = answer.message;
  };

  const send = async (form, choice) => {
    const clause = form.closest("[data-clause]");
    const body = new FormData(form);
    body.set("choice", choice);
    const buttons = form.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    try {
      const response = await fetch(form.action, {
        method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin",
      });
      const isJson = (response.headers.get("Content-Type") || "").includes("application/json");
      const answer = isJson ? await response.json() : null;
      if (response.ok && answer) {
        showAnswer(clause, answer);
        return;
      }
      showProblem(form, answer && answer.error !== "csrf" ? answer.message : root.dataset.signedOut);
    } catch {
      showProblem(form, root.dataset.lost);
    }
    for (const button of buttons) button.disabled = false;
  };

  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-decision]") || !event.submitter || !window.fetch) return;
    event.preventDefault();
    send(form, event.submitter.value);
  });

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const reason = button.closest("[data-clause]").querySelector("textarea");
    if (!reason) return;
    reason.value = [reason.value.trim(), button.dataset.insert].filter(Boolean).join("\n");
    reason.focus();
  });

  root.addEventListener("focusin", (event) => {
    const clause = event.target.closest("[data-clause]");
    if (clause && clause !== current) select(clause, false);
  });

  const move = (step) => {
    const stops = [...root.querySelectorAll("[data-clause][data-eyes]")];
    if (!stops.length) return;
    const here = current && document.contains(current) ? current : null;
    const after = (stop) => here.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING;
    const before = (stop) => here.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_PRECEDING;
    const next = !here ? stops[0] : step > 0 ? stops.find(after) : stops.filter(before).at(-1);
    if (next) select(next);
  };

  const press = (choice) => {
    const form = current && current.querySelector("[data-decision]");
    if (!form) return;
    const around = form.closest("details");
    if (around) around.open = true;
    if (choice === "flag") form.querySelector("textarea").focus();
    else send(form, choice);
  };

  const keys = { j: () => move(1), k: () => move(-1), a: () => press("approve"), f: () => press("flag") };

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select, [contenteditable]");
    if (field) {
      const form = field.closest("[data-decision]");
      if (form && event.key === "Enter" && event.ctrlKey) {
        event.preventDefault();
        send(form, "flag");
      }
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });

  prepare(root);
  const asked = location.hash.startsWith("#clause-") && document.getElementById(location.hash.slice(1));
  if (asked) select(asked, false);
})();
