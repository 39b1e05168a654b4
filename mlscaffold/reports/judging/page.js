"use strict";
(function () {
  const root = document.getElementById("sheet");
  const items = JSON.parse(document.getElementById("items").textContent);
  const buttons = Array.from(document.querySelectorAll("#choices button"));
  const image = document.getElementById("picture");
  const remark = document.getElementById("remark");
  const done = document.getElementById("done");
  const store = "mlscaffold-sheet-" + root.dataset.sheet;
  let answers = {};
  let at = 0;
  try { answers = JSON.parse(localStorage.getItem(store)) || {}; } catch (_) { answers = {}; }
  const decided = () => items.filter((i) => answers[i.item] && answers[i.item].decision).length;

  function keep() {
    const said = answers[items[at].item] || { decision: "" };
    said.remark = remark.value.trim();
    if (said.decision || said.remark) answers[items[at].item] = said;
    try { localStorage.setItem(store, JSON.stringify(answers)); } catch (_) { /* a page from a file may have no store */ }
  }

  function show() {
    const item = items[at];
    image.hidden = !item.picture;
    document.getElementById("absent").hidden = Boolean(item.picture);
    if (item.picture) image.src = "data:image/jpeg;base64," + item.picture;
    image.alt = "picture " + (at + 1);
    const label = document.getElementById("label");
    if (label) label.textContent = item.label;
    const said = answers[item.item] || {};
    remark.value = said.remark || "";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.value === said.decision));
    document.getElementById("place").textContent = (at + 1) + " of " + items.length + " · " + decided() + " decided";
    document.getElementById("bar").value = decided();
  }

  function go(step) {
    keep();
    at = Math.min(items.length - 1, Math.max(0, at + step));
    show();
  }

  function decide(value) {
    answers[items[at].item] = { decision: value, remark: remark.value.trim() };
    if (at < items.length - 1) go(1); else { keep(); show(); }
    if (decided() === items.length) save();
  }

  function cell(text) {
    return /[",\n\r;]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }

  function save() {
    keep();
    const lines = ["sheet,item,decision,remark"];
    for (const item of items) {
      const said = answers[item.item] || {};
      lines.push([root.dataset.sheet, item.item, said.decision || "", said.remark || ""].map(cell).join(","));
    }
    const text = lines.join("\n") + "\n";
    document.getElementById("text").value = text;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = root.dataset.answers;
    document.body.appendChild(link);
    link.click();
    link.remove();
    done.hidden = false;
    done.focus();
  }

  for (const button of buttons) {
    button.addEventListener("click", function (event) {
      if (event.detail) button.blur(); // chosen with the mouse: Enter must not choose it again
      decide(button.dataset.value);
    });
  }
  document.getElementById("save").addEventListener("click", save);
  document.getElementById("back").addEventListener("click", () => go(-1));
  document.getElementById("next").addEventListener("click", () => go(1));
  document.addEventListener("keydown", function (event) {
    if (event.target === remark) {
      if (event.key === "Enter" || event.key === "Escape") remark.blur();
      return;
    }
    if (event.key === "Enter" && event.target.tagName === "BUTTON") return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "TEXTAREA") return;
    const chosen = buttons.find((b) => b.dataset.key && b.dataset.key.toLowerCase() === event.key.toLowerCase());
    if (chosen) decide(chosen.dataset.value);
    else if (event.key === "ArrowLeft" || event.key === "Backspace") go(-1);
    else if (event.key === "ArrowRight") go(1);
    else if (event.key === "r") remark.focus();
    else if (event.key === "s") save();
    else return;
    event.preventDefault();
  });
  show();
})();
