"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const view = document.getElementById("view");
  const canvas = document.getElementById("canvas");
  const count = document.getElementById("count");
  const selects = Array.from(document.querySelectorAll("select[data-key]"));
  const search = document.getElementById("search");
  const width = data.cell + 16;
  const height = data.cell + 54;
  const per = data.across * data.across;
  const urls = [];
  let shown = data.shots.map((_, i) => i);

  function sprite(n) { // a blob is decoded once, and only when it is seen
    if (!urls[n]) {
      const bytes = Uint8Array.from(atob(data.sprites[n]), (c) => c.charCodeAt(0));
      urls[n] = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    }
    return urls[n];
  }

  function fits(shot) {
    for (const select of selects) {
      const value = select.value;
      if (!value) continue;
      const own = shot[select.dataset.key];
      if (Array.isArray(own) ? !own.includes(value) : own !== value) return false;
    }
    const words = search.value.trim().toLowerCase();
    return !words || shot.p.toLowerCase().includes(words);
  }

  function line(text, name) {
    const span = document.createElement("span");
    span.textContent = text;
    span.className = name;
    return span;
  }

  function card(index, left, top) {
    const shot = data.shots[index];
    const box = document.createElement("figure");
    box.style.left = left + "px";
    box.style.top = top + "px";
    box.title = shot.p + (shot.f.length ? "\n" + shot.f.join(", ") : "");
    const picture = document.createElement("div");
    picture.className = "frame";
    if (shot.t) {
      const place = index % per;
      picture.style.backgroundImage = "url(" + sprite(Math.floor(index / per)) + ")";
      picture.style.backgroundPosition = -(place % data.across) * data.cell + "px " + -Math.floor(place / data.across) * data.cell + "px";
    } else picture.append(line("not here", "none"));
    if (shot.f.length) box.classList.add("found");
    box.append(picture, line(shot.l || "no label", "label"), line((shot.s || "no split") + " · " + shot.p.split("/").pop(), "where"));
    return box;
  }

  function draw() {
    const columns = Math.max(1, Math.floor(view.clientWidth / width));
    const rows = Math.ceil(shown.length / columns);
    canvas.style.height = rows * height + "px";
    const first = Math.max(0, Math.floor(view.scrollTop / height) - 1);
    const last = Math.min(rows, Math.ceil((view.scrollTop + view.clientHeight) / height) + 1);
    const cards = [];
    for (let row = first; row < last; row++) {
      for (let column = 0; column < columns; column++) {
        const n = row * columns + column;
        if (n < shown.length) cards.push(card(shown[n], column * width, row * height));
      }
    }
    canvas.replaceChildren(...cards);
    count.textContent = shown.length + " of " + data.shots.length;
  }

  function filter() {
    shown = [];
    data.shots.forEach((shot, i) => { if (fits(shot)) shown.push(i); });
    view.scrollTop = 0;
    draw();
  }

  for (const select of selects) select.addEventListener("change", filter);
  search.addEventListener("input", filter);
  view.addEventListener("scroll", () => requestAnimationFrame(draw));
  window.addEventListener("resize", draw);
  draw();
})();
