"use strict";
/* "Xem trên trang": the strip of the page opens under the clause. Without this file the link opens the whole page. */
(() => {
  const close = (link, shown) => {
    shown.remove();
    link.setAttribute("aria-expanded", "false");
  };

  const open = async (link) => {
    const place = document.createElement("div");
    place.className = "cutout-here";
    place.setAttribute("aria-live", "polite");
    link.closest(".page-tools").after(place);
    link.setAttribute("aria-expanded", "true");
    try {
      const response = await fetch(link.dataset.cutout, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (!response.ok || response.redirected) throw new Error("not there");
      place.innerHTML = await response.text();
    } catch {
      window.location.assign(link.href);
    }
  };

  for (const link of document.querySelectorAll("[data-cutout]")) link.setAttribute("aria-expanded", "false");

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-cutout]");
    if (!link || !window.fetch || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const next = link.closest(".page-tools").nextElementSibling;
    if (next && next.classList.contains("cutout-here")) close(link, next);
    else open(link);
  });
})();
