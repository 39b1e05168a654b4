"use strict";
(function () {
  const root = document.getElementById("sheet");
  const items = JSON.parse(document.getElementById("items").textContent);
  const choices = document.getElementById("choices");
  const image = document.getElementById("picture");
  const remark = document.getElementById("remark");
  const fresh = document.getElementById("new"); // only where several choices may be ticked
  const done = document.getElementById("done");
  const several = Boolean(root.dataset.several);
  const store = "mlscaffold-sheet-" + root.dataset.sheet;
  let answers = {};
  let at = 0;
  try { answers = JSON.parse(localStorage.getItem(store)) || {}; } catch (_) { answers = {}; }
  const buttons = () => Array.from(choices.querySelectorAll("button"));
  const decided = () => items.filter((i) => answers[i.item] && answers[i.item].decision).length;
  const ticked = (text) => (several ? text.split(";").map((t) => t.trim()).filter(Boolean) : [text]);

  function keep() {
    const said = answers[items[at].item] || { decision: "" };
    said.remark = remark.value.trim();
    if (said.decision || said.remark) answers[items[at].item] = said;
    try { localStorage.setItem(store, JSON.stringify(answers)); } catch (_) { /* a page from a file may have no store */ }
  }

  function put(id, text) {
    const place = document.getElementById(id);
    if (place) place.textContent = text || "";
  }

  function show() {
    const item = items[at];
    image.hidden = !item.picture;
    document.getElementById("absent").hidden = Boolean(item.picture);
    if (item.picture) image.src = item.picture;
    image.alt = "picture " + (at + 1);
    put("label", item.label);
    put("prediction", item.prediction);
    put("confidence", item.confidence);
    const said = answers[item.item] || {};
    remark.value = said.remark || "";
    const mine = ticked(said.decision || "");
    for (const button of buttons()) button.setAttribute("aria-pressed", String(mine.includes(button.dataset.value)));
    put("place", (at + 1) + " of " + items.length + " · " + decided() + " decided");
    document.getElementById("bar").value = decided();
  }

  function go(step) {
    keep();
    at = Math.min(items.length - 1, Math.max(0, at + step));
    show();
  }

  function next() {
    const last = at === items.length - 1;
    go(1);
    if (last && decided() === items.length) save();
  }

  function decide(value) {
    answers[items[at].item] = { decision: value, remark: remark.value.trim() };
    if (at < items.length - 1) go(1); else { keep(); show(); }
    if (decided() === items.length) save();
  }

  function tick(value) { // "cannot be told" and a cause exclude each other
    const unsure = root.dataset.unsure;
    const said = answers[items[at].item] || {};
    let mine = ticked(said.decision || "");
    if (mine.includes(value)) mine = mine.filter((v) => v !== value);
    else mine = value === unsure ? [unsure] : mine.filter((v) => v !== unsure).concat(value);
    answers[items[at].item] = { decision: mine.join("; "), remark: remark.value.trim() };
    keep();
    show();
  }

  function button(value) { // a cause that the sheet did not come with
    const made = document.createElement("button");
    made.type = "button";
    made.dataset.value = value;
    const used = buttons().map((b) => b.dataset.key);
    made.dataset.key = Array.from(root.dataset.keys).find((sign) => !used.includes(sign)) || "";
    if (made.dataset.key) {
      const key = document.createElement("kbd");
      key.textContent = made.dataset.key;
      key.setAttribute("aria-hidden", "true");
      made.setAttribute("aria-keyshortcuts", made.dataset.key);
      made.append(key);
    }
    made.append(value);
    const all = buttons();
    choices.insertBefore(made, all[all.length - 2] || null); // "wrong label" and "cannot be told" stay the last
    listen(made);
  }

  function add(text) {
    const value = text.replace(/[;\s]+/g, " ").trim().replace(/^[=+\-@ ]+/, "");
    if (!value) return;
    const same = buttons().find((b) => b.dataset.value.toLowerCase() === value.toLowerCase());
    if (!same) button(value);
    const name = same ? same.dataset.value : value;
    if (!ticked((answers[items[at].item] || {}).decision || "").includes(name)) tick(name);
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

  function listen(one) {
    one.addEventListener("click", function (event) {
      if (event.detail) one.blur(); // chosen with the mouse: Enter must not choose it again
      if (several) tick(one.dataset.value); else decide(one.dataset.value);
    });
  }

  buttons().forEach(listen);
  if (several) {
    const known = buttons().map((b) => b.dataset.value);
    const told = Object.values(answers).flatMap((said) => ticked(said.decision || ""));
    new Set(told.filter((value) => !known.includes(value))).forEach(button);
  }
  document.getElementById("save").addEventListener("click", save);
  document.getElementById("back").addEventListener("click", () => go(-1));
  document.getElementById("next").addEventListener("click", next);
  document.addEventListener("keydown", function (event) {
    if (event.isComposing) return;
    if (event.target === remark || (fresh && event.target === fresh)) {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      if (event.target === fresh) {
        if (event.key === "Enter") add(fresh.value);
        fresh.value = "";
      }
      event.target.blur();
      event.preventDefault();
      return;
    }
    if (event.key === "Enter" && event.target.tagName === "BUTTON") return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "TEXTAREA") return;
    const chosen = buttons().find((b) => b.dataset.key && b.dataset.key.toLowerCase() === event.key.toLowerCase());
    if (chosen) { if (several) tick(chosen.dataset.value); else decide(chosen.dataset.value); }
    else if (event.key === "ArrowLeft" || event.key === "Backspace") go(-1);
    else if (event.key === "ArrowRight") go(1);
    else if (event.key === "Enter" && several) next();
    else if (event.key === "r") remark.focus();
    else if (event.key === "n" && several) fresh.focus();
    else if (event.key === "s") save();
    else return;
    event.preventDefault();
  });
  show();
})();
