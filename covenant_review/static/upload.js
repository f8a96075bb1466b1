// Sends the chosen files one by one, each with its own progress and its own answer. Without this the form works as it is.
(() => {
  "use strict";
  const form = document.getElementById("upload-form");
  if (!form || !window.FormData) return;
  const input = document.getElementById("files");
  const area = document.getElementById("drop-area");
  const chosen = document.getElementById("chosen");
  const problem = document.getElementById("files-error");
  const results = document.getElementById("results");
  const receipts = document.getElementById("receipts");
  const button = form.querySelector("button");
  const limit = Number(form.dataset.limit);
  const lang = document.documentElement.lang || "vi";

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };
  const size = (bytes) => bytes < 1048576
    ? Math.ceil(bytes / 1024).toLocaleString(lang) + " KB"
    : (bytes / 1048576).toLocaleString(lang, { maximumFractionDigits: 1 }) + " MB";
  const complain = (text) => {
    problem.textContent = text;
    problem.classList.toggle("d-block", Boolean(text));
  };

  const showChosen = () => {
    complain("");
    chosen.replaceChildren(...Array.from(input.files, (file) => {
      const line = element("li", "", `${file.name} (${size(file.size)})`);
      if (file.size > limit) line.append(element("div", "too-large", form.dataset.tooLarge));
      return line;
    }));
  };
  input.addEventListener("change", showChosen);

  for (const name of ["dragenter", "dragover"]) {
    area.addEventListener(name, (event) => { event.preventDefault(); area.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) {
    area.addEventListener(name, () => area.classList.remove("over"));
  }
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; showChosen(); }
  });

  const refusal = (row, name, message) => {
    const line = element("p", "receipt-line");
    line.append(element("span", "state state-bad", "✕ " + form.dataset.refused), " ", element("span", "file-name", name));
    row.replaceChildren(line, element("p", "receipt-line", message));
  };

  const send = (file, row) => new Promise((resolve) => {
    if (file.size > limit) { refusal(row, file.name, form.dataset.tooLarge); resolve(); return; }
    const bar = element("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", form.dataset.sending);
    const line = element("p", "receipt-line", `${form.dataset.sending}: ${file.name}`);
    row.replaceChildren(line, bar);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = Math.round((100 * event.loaded) / event.total);
    });
    request.upload.addEventListener("load", () => { line.textContent = `${file.name}: ${form.dataset.sent}`; });
    request.addEventListener("load", () => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* a page instead: the session has ended */ }
      if (request.status === 200 && answer && answer.receipts) {
        row.innerHTML = answer.receipts.map((one) => one.html).join("");
        document.dispatchEvent(new Event("submissions-changed"));
      } else {
        refusal(row, file.name, answer && answer.message ? `${answer.message} ${answer.next_step || ""}` : form.dataset.lost);
      }
      resolve();
    });
    request.addEventListener("error", () => { refusal(row, file.name, form.dataset.lost); resolve(); });
    const body = new FormData();
    body.append("csrf_token", form.elements.csrf_token ? form.elements.csrf_token.value : "");
    body.append("covenant_id", form.elements.covenant_id.value);
    body.append("files", file, file.name);
    request.send(body);
  });

  let sending = false;
  window.addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const files = Array.from(input.files);
    if (!files.length) { complain(form.dataset.none); input.focus(); return; }
    complain("");
    sending = true;
    button.disabled = true;
    results.hidden = false;
    const rows = files.map((file) => {
      const row = element("li", "receipt card-like", `${form.dataset.waiting}: ${file.name}`);
      receipts.append(row);
      return row;
    });
    results.scrollIntoView({ block: "nearest" });
    for (const [index, file] of files.entries()) await send(file, rows[index]);
    sending = false;
    button.disabled = false;
    input.value = "";
    chosen.replaceChildren();
  });
})();
