// A list whose lines can be moved up and down by buttons (and the keyboard): photos that are the pages of one document.
(() => {
  "use strict";

  const button = (sign, label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-outline-secondary btn-sm";
    made.textContent = sign;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  };

  // `list` holds one element per photo with data-name; `words` are up, down, moved ("{name}: … {page}"); `changed` is called
  // with the elements in their new order.
  const movable = (list, words, changed) => {
    const lines = () => Array.from(list.children);
    const settle = () => {
      lines().forEach((line, index, all) => {
        const [up, down] = line.querySelectorAll(".move button");
        up.disabled = index === 0;
        down.disabled = index === all.length - 1;
      });
      changed(lines());
    };
    const move = (line, step) => {
      const all = lines();
      const target = all.indexOf(line) + step;
      if (target < 0 || target >= all.length) return;
      if (step < 0) list.insertBefore(line, all[target]); else list.insertBefore(line, all[target].nextSibling);
      settle();
      const [up, down] = line.querySelectorAll(".move button");
      const pressed = step < 0 ? up : down;
      (pressed.disabled ? (step < 0 ? down : up) : pressed).focus();
      if (words.tell) {
        words.tell.textContent = words.moved.replace("{name}", line.dataset.name).replace("{page}", String(target + 1));
      }
    };
    for (const line of lines()) {
      const frame = document.createElement("span");
      frame.className = "move";
      frame.append(
        button("↑", `${words.up}: ${line.dataset.name}`, () => move(line, -1)),
        button("↓", `${words.down}: ${line.dataset.name}`, () => move(line, 1)),
      );
      (line.querySelector("[data-buttons]") || line).append(frame);
    }
    settle();
  };

  window.movableList = movable;

  // The page on which the order of photos that were handed in is changed: the numbers follow the lines.
  const table = document.querySelector("[data-photo-rows]");
  if (table) {
    movable(
      table,
      { up: table.dataset.up, down: table.dataset.down, moved: table.dataset.moved, tell: document.getElementById("photo-moved") },
      (rows) => rows.forEach((row, index) => { row.querySelector("input").value = String(index + 1); }),
    );
    document.querySelectorAll(".with-script").forEach((part) => { part.hidden = false; });
    document.querySelectorAll(".without-script").forEach((part) => { part.hidden = true; });
  }
})();
