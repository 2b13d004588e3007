"use strict";
(() => {
  const form = document.getElementById("filter");
  if (form) {
    const kinds = Array.from(document.querySelectorAll("article[data-severity], li[data-severity]"));
    const rows = Array.from(document.querySelectorAll("tr[data-severity]"));
    const texts = new Map([...kinds, ...rows].map((one) => [one, one.textContent.toLowerCase()]));
    const show = () => {
      const severities = new Set(Array.from(form.querySelectorAll(":checked"), (box) => box.value));
      const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
      const fits = (one) =>
        severities.has(one.dataset.severity) && words.every((word) => texts.get(one).includes(word));
      let shown = 0;
      const seen = new Map();
      for (const one of kinds) {
        one.hidden = !fits(one);
        seen.set(one.id, !one.hidden);
        shown += one.hidden ? 0 : 1;
      }
      const more = document.getElementById("more");
      if (more && (words.length || form.querySelector("input:not(:checked)[name=severity]"))) more.open = true;
      for (const row of rows) row.hidden = row.dataset.of ? !seen.get(row.dataset.of) : !fits(row);
      form.querySelector("output").value = `${shown} of ${kinds.length} kinds shown`;
    };
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    show();
    window.addEventListener("hashchange", () => {
      // a link to what the filter hides: the filter gives way
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && target.closest("[hidden]")) {
        form.reset();
        show();
        target.scrollIntoView();
      }
    });
  }
  window.addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details")) one.open = true;
  });
})();
