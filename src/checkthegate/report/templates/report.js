"use strict";
(() => {
  const sieve = document.querySelector(".sieve");
  const chunks = [...document.querySelectorAll(".chunk")].map((box) => (
    { box, rows: [...box.querySelector("tbody").rows] }));
  if (!sieve || !chunks.length) return;
  const rows = chunks.flatMap((chunk) => chunk.rows);
  const names = rows.map((row) => row.textContent.toLowerCase());
  const buttons = [...sieve.querySelectorAll("button")];
  const text = sieve.querySelector("input");
  const status = sieve.querySelector("[role=status]");
  let wanted = "";
  let waiting = 0;

  const sift = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, at) => {
      const fits = (!wanted || row.dataset.verdict === wanted) &&
        words.every((word) => names[at].includes(word));
      row.hidden = !fits;
      shown += fits;
    });
    chunks.forEach(({ box, rows: own }) => {
      const left = own.filter((row) => !row.hidden).length;
      box.hidden = !left;
      box.style.containIntrinsicSize = left === own.length ? "" : `1px ${left * 40}px`;
    });
    const all = rows.length.toLocaleString("en");
    status.textContent = shown === rows.length
      ? `All ${all} shown.` : `${shown.toLocaleString("en")} of ${all} shown.`;
  };
  const choose = (button) => {
    wanted = button.value;
    buttons.forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    sift();
  };
  buttons.forEach((button, at) => {
    button.addEventListener("click", () => choose(button));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) buttons[(at + step + buttons.length) % buttons.length].focus();
    });
  });
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(sift, rows.length > 2000 ? 150 : 0);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { text.value = ""; sift(); }
  });
  document.addEventListener("click", (event) => {
    const cell = event.target.closest("td[data-whole]");
    if (!cell || String(getSelection())) return;
    cell.textContent = cell.dataset.whole;
    navigator.clipboard?.writeText(cell.dataset.whole).catch(() => {});
  });
  sieve.hidden = false;
  sift();
  addEventListener("beforeprint", () => {
    document.querySelectorAll("details:not([open])").forEach((one) => {
      one.open = true;
      one.dataset.shut = "";
    });
  });
  addEventListener("afterprint", () => {
    document.querySelectorAll("details[data-shut]").forEach((one) => {
      one.open = false;
      delete one.dataset.shut;
    });
  });
})();
