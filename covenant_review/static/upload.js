// Sends the chosen files one by one, each with its own progress and its own answer; several photos that are one document go
// together, in the order shown. Without this the form works as it is.
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
  const button = form.querySelector("button.btn-primary");
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

  // Photos: the question whether they are one document is asked from two photos on.
  const question = document.getElementById("photo-question");
  const order = document.getElementById("photo-order");
  const orderHint = document.getElementById("photo-order-hint");
  const isPhoto = (file) => /^image\//.test(file.type) || /\.(jpe?g|png|tiff?|heic|heif)$/i.test(file.name);
  const natural = new Intl.Collator(lang, { numeric: true, sensitivity: "base" });
  const photos = () => Array.from(input.files).filter(isPhoto);
  const said = () => {
    const checked = question && question.querySelector('input[name="photos"]:checked');
    return checked ? checked.value : "";
  };
  const asked = () => Boolean(question) && photos().length > 1;
  let ordered = [];

  const thumbnail = async (file, frame) => {
    try {
      const bitmap = await createImageBitmap(file, { resizeWidth: 160, resizeQuality: "medium" });
      const canvas = document.createElement("canvas");
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      bitmap.close();
      const image = element("img");
      image.alt = "";
      image.src = canvas.toDataURL("image/jpeg", 0.7);
      frame.replaceChildren(image);
    } catch { /* HEIC and TIFF are not shown by every browser */
      frame.textContent = form.dataset.noThumbnail;
    }
  };

  const showOrder = async () => {
    const show = asked() && said() === "one";
    if (!question) return;
    question.hidden = !asked();
    orderHint.hidden = !show;
    order.hidden = !show;
    if (!show) { ordered = []; order.replaceChildren(); return; }
    ordered = photos().sort((one, other) => natural.compare(one.name, other.name));
    const frames = [];
    order.replaceChildren(...ordered.map((file, index) => {
      const line = element("li", "photo");
      line.dataset.name = file.name;
      line.dataset.index = String(index);
      const frame = element("span", "thumbnail");
      frames.push([file, frame]);
      line.append(element("span", "photo-page"), frame, element("span", "file-name", `${file.name} (${size(file.size)})`));
      return line;
    }));
    const first = ordered.slice();
    window.movableList(
      order,
      { up: form.dataset.up, down: form.dataset.down, moved: order.dataset.moved, tell: document.getElementById("photo-moved") },
      (lines) => {
        ordered = lines.map((line) => first[Number(line.dataset.index)]);
        lines.forEach((line, index) => {
          line.querySelector(".photo-page").textContent = form.dataset.page.replace("{page}", String(index + 1));
        });
      },
    );
    for (const [file, frame] of frames) await thumbnail(file, frame);
  };

  if (question) {
    question.hidden = true;
    for (const radio of question.querySelectorAll('input[name="photos"]')) {
      radio.addEventListener("change", () => { showChosen(); });
    }
  }
  const complainPhotos = (text) => {
    const place = document.getElementById("photos-error");
    if (!place) return;
    place.textContent = text;
    place.classList.toggle("d-block", Boolean(text));
  };

  const showChosen = () => {
    complain("");
    complainPhotos("");
    showOrder();
    // Photos that are one document stand in their own list below.
    const listed = Array.from(input.files).filter((file) => !(asked() && said() === "one" && isPhoto(file)));
    chosen.replaceChildren(...listed.map((file) => {
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

  // What goes up in one request: a file, or the photos of one document.
  const parcels = () => {
    if (!(asked() && said() === "one")) return Array.from(input.files, (file) => ({ name: file.name, files: [file], limit, tooLarge: form.dataset.tooLarge }));
    const others = Array.from(input.files).filter((file) => !isPhoto(file));
    return [
      {
        name: form.dataset.photosName.replace("{count}", String(ordered.length)), files: ordered.slice(), together: true,
        limit: Number(form.dataset.photosLimit), tooLarge: form.dataset.photosTooLarge,
      },
      ...others.map((file) => ({ name: file.name, files: [file], limit, tooLarge: form.dataset.tooLarge })),
    ];
  };

  const send = (parcel, row) => new Promise((resolve) => {
    const total = parcel.files.reduce((sum, file) => sum + file.size, 0);
    if (total > parcel.limit) { refusal(row, parcel.name, parcel.tooLarge); resolve(); return; }
    const bar = element("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", form.dataset.sending);
    const line = element("p", "receipt-line", `${form.dataset.sending}: ${parcel.name}`);
    row.replaceChildren(line, bar);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = Math.round((100 * event.loaded) / event.total);
    });
    request.upload.addEventListener("load", () => { line.textContent = `${parcel.name}: ${form.dataset.sent}`; });
    request.addEventListener("load", () => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* a page instead: the session has ended */ }
      if (request.status === 200 && answer && answer.receipts) {
        row.innerHTML = answer.receipts.map((one) => one.html).join("");
        document.dispatchEvent(new Event("submissions-changed"));
      } else {
        refusal(row, parcel.name, answer && answer.message ? `${answer.message} ${answer.next_step || ""}` : form.dataset.lost);
      }
      resolve();
    });
    request.addEventListener("error", () => { refusal(row, parcel.name, form.dataset.lost); resolve(); });
    const body = new FormData();
    body.append("csrf_token", form.elements.csrf_token ? form.elements.csrf_token.value : "");
    body.append("covenant_id", form.elements.covenant_id.value);
    body.append("photos", parcel.together ? "one" : "separate");
    body.append("order", "given");
    for (const file of parcel.files) body.append("files", file, file.name);
    request.send(body);
  });

  let sending = false;
  window.addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!input.files.length) { complain(form.dataset.none); input.focus(); return; }
    complain("");
    if (asked() && !said()) {
      complainPhotos(form.dataset.photosUndecided);
      question.querySelector('input[name="photos"]').focus();
      return;
    }
    const toSend = parcels();
    sending = true;
    button.disabled = true;
    results.hidden = false;
    const rows = toSend.map((parcel) => {
      const row = element("li", "receipt card-like", `${form.dataset.waiting}: ${parcel.name}`);
      receipts.append(row);
      return row;
    });
    results.scrollIntoView({ block: "nearest" });
    for (const [index, parcel] of toSend.entries()) await send(parcel, rows[index]);
    sending = false;
    button.disabled = false;
    input.value = "";
    chosen.replaceChildren();
    if (question) {
      question.querySelectorAll('input[name="photos"]').forEach((radio) => { radio.checked = false; });
      showOrder();
    }
  });
})();
