"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const get = (id) => document.getElementById(id);
  const view = get("view"), canvas = get("canvas"), count = get("count"), search = get("search"), dialog = get("dialog");
  const selects = Array.from(document.querySelectorAll("select[data-key]"));
  const width = data.cell + 16, height = data.cell + 54, per = data.across * data.across;
  const urls = [], cards = new Map(), hidden = new Set();
  let shown = data.shots.map((_, i) => i);
  let current = 0, objects = true, columns = 1, latest = { index: -1, image: null, made: "" };

  const colour = (n) => "hsl(" + Math.round((n * 137.508) % 360) + " 85% " + [52, 64, 42][n % 3] + "%)";

  function picture(text) { // a blob is decoded once, and only when it is seen
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
  }

  function sprite(n) {
    if (!urls[n]) urls[n] = data.kind === "folder" ? data.sprites[n] : picture(data.sprites[n]);
    return urls[n];
  }

  function fits(shot) {
    for (const select of selects) {
      const value = select.value, key = select.dataset.key;
      if (!value) continue;
      if (key === "l" ? !shot.c.some((n) => data.classes[n] === value) : key === "f" ? !shot.f.includes(value) : shot[key] !== value) return false;
    }
    const words = search.value.trim().toLowerCase();
    return !words || shot.p.toLowerCase().includes(words) || (shot.x || "").toLowerCase().includes(words);
  }

  function make(name, text, style) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (style) made.className = style;
    return made;
  }

  function paint(pen, shot, left, top, wide, high, large) { // the objects of a picture that stands there
    const scale = large ? Math.max(1.5, Math.min(wide, high) / 260) : 1.5;
    const x = (value) => left + (value / 1000) * wide, y = (value) => top + (value / 1000) * high;
    for (const one of shot.m || []) {
      if (hidden.has(one.c)) continue;
      const own = colour(one.c);
      pen.setLineDash((one.n || []).includes("crowd") ? [3 * scale, 2 * scale] : []);
      if (one.k) mask(pen, one.k, left, top, wide, high, own);
      for (const ring of one.r || []) {
        pen.beginPath();
        for (let i = 0; i < ring.length; i += 2) pen.lineTo(x(ring[i]), y(ring[i + 1]));
        pen.closePath();
        pen.lineWidth = scale * 2; pen.strokeStyle = "rgb(0 0 0 / .45)"; pen.stroke();
        pen.lineWidth = scale; pen.strokeStyle = own; pen.stroke();
        if (ring.length > 8) { pen.globalAlpha = 0.22; pen.fillStyle = own; pen.fill("evenodd"); pen.globalAlpha = 1; }
      }
      for (let i = 0; i < (one.p || []).length; i += 2) {
        pen.beginPath(); pen.arc(x(one.p[i]), y(one.p[i + 1]), scale * 1.6, 0, 7);
        pen.fillStyle = own; pen.fill(); pen.lineWidth = scale / 2; pen.strokeStyle = "#000"; pen.stroke();
      }
    }
    pen.setLineDash([]);
    if (large) for (const one of shot.m || []) if (!hidden.has(one.c)) tag(pen, one, x, y, left + wide);
  }

  function mask(pen, runs, left, top, wide, high, own) { // down the columns, the first run of background
    const [across, down, lengths] = runs;
    const right = wide / across, below = high / down;
    pen.fillStyle = own; pen.globalAlpha = 0.5;
    pen.beginPath();
    let place = 0;
    lengths.forEach(function (length, n) {
      for (let rest = n % 2 ? length : 0; rest > 0;) {
        const column = Math.floor(place / down), row = place % down, part = Math.min(rest, down - row);
        pen.rect(left + column * right, top + row * below, right, part * below);
        place += part; rest -= part;
      }
      if (n % 2 === 0) place += length;
    });
    pen.fill(); pen.globalAlpha = 1;
  }

  function tag(pen, one, x, y, edge) { // the class, at the upper left corner of the object
    let at = one.r && one.r[0] ? [Math.min(...one.r[0].filter((_, i) => i % 2 === 0)), Math.min(...one.r[0].filter((_, i) => i % 2))] : one.p;
    if (!at && one.k) {
      const first = one.k[2][0];
      at = [(Math.floor(first / one.k[1]) / one.k[0]) * 1000, ((first % one.k[1]) / one.k[1]) * 1000];
    }
    if (!at) return;
    pen.font = "600 12px system-ui, sans-serif";
    const text = data.classes[one.c] + ((one.n || []).includes("crowd") ? " (crowd)" : ""), wide = pen.measureText(text).width + 8;
    const left = Math.max(0, Math.min(x(at[0]), edge - wide)), top = Math.max(0, y(at[1]) - 16);
    pen.fillStyle = "rgb(0 0 0 / .72)"; pen.fillRect(left, top, wide, 16);
    pen.fillStyle = colour(one.c); pen.fillRect(left, top, 3, 16);
    pen.fillStyle = "#fff"; pen.fillText(text, left + 6, top + 12);
  }

  function pen(board, wide, high) {
    const dense = window.devicePixelRatio || 1;
    board.width = Math.round(wide * dense); board.height = Math.round(high * dense);
    const made = board.getContext("2d");
    made.scale(dense, dense);
    return made;
  }

  function frame(shot) { // where a picture stands in its frame
    if (shot.t) return shot.t;
    const [wide, high] = shot.z || [1, 1], scale = data.cell / Math.max(wide, high);
    return [(data.cell - wide * scale) / 2, (data.cell - high * scale) / 2, wide * scale, high * scale];
  }

  function fill(place, index) {
    const shot = data.shots[index];
    if (shot.t) {
      const n = index % per;
      place.style.backgroundImage = 'url("' + sprite(Math.floor(index / per)) + '")';
      place.style.backgroundPosition = -(n % data.across) * data.cell + "px " + -Math.floor(n / data.across) * data.cell + "px";
    } else if (shot.u) {
      const image = make("img");
      image.loading = "lazy"; image.alt = ""; image.src = shot.u;
      place.append(image);
    } else if (shot.x !== undefined) place.append(make("span", shot.x.slice(0, 160), "text"));
    else place.append(make("span", shot.f[0] || "not here", "none"));
    if (objects && shot.m) {
      const board = make("canvas");
      board.setAttribute("aria-hidden", "true");
      paint(pen(board, data.cell, data.cell), shot, ...frame(shot), false);
      place.append(board);
    }
  }

  function name(shot) {
    if (shot.l) return shot.l;
    const own = shot.c.map((n) => data.classes[n]);
    return own.length ? own.join(", ") : "no label";
  }

  function card(place) {
    const index = shown[place], shot = data.shots[index], box = make("figure");
    box.id = "shot-" + index;
    box.title = shot.p + "\n" + (shot.n || shot.f).join("\n");
    box.setAttribute("role", "option");
    const about = [name(shot), shot.s || "no split", shot.p].concat(shot.m ? [shot.m.length + " objects"] : [], shot.n || shot.f);
    box.setAttribute("aria-label", about.join(", "));
    box.setAttribute("aria-posinset", place + 1);
    box.setAttribute("aria-setsize", shown.length);
    const picture = make("div", "", "frame");
    fill(picture, index);
    if (shot.f.length) box.classList.add("found");
    box.append(picture, make("span", name(shot), "label"), make("span", (shot.s || "no split") + " · " + shot.p.split("/").pop(), "where"));
    box.addEventListener("click", () => { current = place; open(); });
    return box;
  }

  function draw() {
    columns = Math.max(1, Math.floor(canvas.clientWidth / width));
    const rows = Math.ceil(shown.length / columns);
    canvas.style.height = rows * height + "px";
    const first = Math.max(0, Math.floor(view.scrollTop / height) - 1) * columns;
    const last = Math.min(shown.length, (Math.ceil((view.scrollTop + view.clientHeight) / height) + 1) * columns);
    for (const [place, box] of cards) if (place < first || place >= last) { box.remove(); cards.delete(place); }
    for (let place = first; place < last; place++) {
      if (!cards.has(place)) { cards.set(place, card(place)); canvas.append(cards.get(place)); }
      const box = cards.get(place);
      box.style.left = (place % columns) * width + "px";
      box.style.top = Math.floor(place / columns) * height + "px";
      box.classList.toggle("current", place === current);
      box.setAttribute("aria-selected", String(place === current));
    }
    if (cards.has(current)) view.setAttribute("aria-activedescendant", cards.get(current).id);
    count.textContent = shown.length + " of " + data.shots.length;
  }

  function again() { // all that is seen, anew
    for (const box of cards.values()) box.remove();
    cards.clear();
    draw();
  }

  function filter() {
    shown = [];
    data.shots.forEach((shot, i) => { if (fits(shot)) shown.push(i); });
    current = 0; view.scrollTop = 0;
    again();
  }

  function go(to) {
    current = Math.min(shown.length - 1, Math.max(0, to));
    const top = Math.floor(current / columns) * height;
    if (top < view.scrollTop) view.scrollTop = top;
    else if (top + height > view.scrollTop + view.clientHeight) view.scrollTop = top + height - view.clientHeight;
    draw();
    if (dialog.open) show();
  }

  function open() {
    if (!shown.length) return;
    draw();
    if (!dialog.open) dialog.showModal();
    show();
  }

  function show() {
    const index = shown[current], shot = data.shots[index], board = get("picture"), whole = get("whole");
    get("path").textContent = shot.p;
    const size = shot.z ? [shot.z.join(" × ") + " px"] : [];
    get("facts").textContent = [name(shot), shot.s || "no split"].concat(shot.o ? [shot.o] : [], size, [current + 1 + " of " + shown.length]).join(" · ");
    get("messages").replaceChildren(...(shot.n || shot.f).map((text) => make("li", text, "message")));
    get("objects").replaceChildren(...(shot.m || []).map(function (one) {
      const line = make("li"), dot = make("span", "", "swatch");
      dot.style.setProperty("--of", colour(one.c));
      line.append(dot, [data.classes[one.c]].concat(one.n || []).join(", "));
      return line;
    }));
    board.setAttribute("aria-label", "picture of " + name(shot));
    whole.hidden = shot.x === undefined;
    board.hidden = !whole.hidden || !(shot.t || shot.u || shot.m);
    if (!whole.hidden) return whole.replaceChildren(...told(shot));
    if (board.hidden) return undefined;
    const box = shot.z || (shot.t ? shot.t.slice(2) : [1, 1]);
    const most = [Math.max(200, window.innerWidth * 0.92 - 360), Math.max(200, window.innerHeight * 0.86 - 20)];
    const scale = Math.min(most[0] / box[0], most[1] / box[1], Math.max(1, 640 / Math.max(...box)));
    const wide = Math.round(box[0] * scale), high = Math.round(box[1] * scale);
    board.style.width = wide + "px"; board.style.height = high + "px";
    const put = function () { // the picture if it is there, and the objects over it
      if (shown[current] !== index) return;
      const hand = pen(board, wide, high), image = latest.image;
      hand.imageSmoothingEnabled = Math.max(...box) > 64;
      if (image.naturalWidth && (shot.g || shot.u)) hand.drawImage(image, 0, 0, wide, high);
      else if (image.naturalWidth) {
        const n = index % per, [left, top, w, h] = shot.t;
        hand.drawImage(image, (n % data.across) * data.cell + left, Math.floor(n / data.across) * data.cell + top, w, h, 0, 0, wide, high);
      }
      if (objects) paint(hand, shot, 0, 0, wide, high, true);
    };
    if (latest.index !== index) {
      if (latest.made) URL.revokeObjectURL(latest.made);
      const made = shot.g && data.kind === "page" ? picture(shot.g) : "";
      latest = { index: index, image: new Image(), made: made };
      const url = shot.u || made || shot.g || (shot.t ? sprite(Math.floor(index / per)) : "");
      if (url) latest.image.src = url;
    }
    latest.image.onload = put;
    put();
    return undefined;
  }

  function told(shot) { // a text with its spans; they are counted in code points
    const signs = Array.from(shot.x), parts = [];
    let place = 0;
    for (const [start, end, n] of shot.y.slice().sort((a, b) => a[0] - b[0])) {
      if (start < place) continue;
      parts.push(signs.slice(place, start).join(""));
      const part = make("mark", signs.slice(start, end).join(""));
      part.style.setProperty("--of", colour(n));
      part.title = data.classes[n];
      parts.push(part);
      place = end;
    }
    parts.push(signs.slice(place).join(""));
    return parts;
  }

  function toggle() {
    objects = !objects;
    get("toggle").setAttribute("aria-pressed", String(objects));
    again();
    if (dialog.open) show();
  }

  function legend() {
    const counts = new Map();
    for (const shot of data.shots) for (const one of shot.m || []) counts.set(one.c, (counts.get(one.c) || 0) + 1);
    if (!counts.size) return;
    get("toggle").hidden = false;
    get("legend").hidden = false;
    for (const n of [...counts.keys()].sort((a, b) => a - b)) {
      const button = make("button"), dot = make("span", "", "swatch");
      dot.style.setProperty("--of", colour(n));
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.append(dot, data.classes[n] + " " + counts.get(n));
      button.addEventListener("click", function () {
        if (!hidden.delete(n)) hidden.add(n);
        button.setAttribute("aria-pressed", String(!hidden.has(n)));
        again();
      });
      get("legend").append(button);
    }
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target.tagName;
    if (at === "INPUT" || at === "SELECT") {
      if (event.key === "Escape" || (event.key === "Enter" && at === "INPUT")) view.focus();
      return;
    }
    if (at === "BUTTON" && (event.key === "Enter" || event.key === " ")) return;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    if (event.key in steps) {
      if (!dialog.open && !cards.has(current)) current = Math.ceil(view.scrollTop / height) * columns; // scrolled away from it
      go(current + steps[event.key]);
    }
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(shown.length - 1);
    else if ((event.key === "Enter" || event.key === " ") && !dialog.open) open();
    else if (event.key === "b") toggle();
    else if (event.key === "/" && !dialog.open) search.focus();
    else return;
    event.preventDefault();
  }

  for (const select of selects) select.addEventListener("change", filter);
  search.addEventListener("input", filter);
  view.addEventListener("scroll", () => requestAnimationFrame(draw));
  window.addEventListener("resize", () => { draw(); if (dialog.open) show(); });
  document.addEventListener("keydown", key);
  dialog.addEventListener("close", () => view.focus());
  get("toggle").addEventListener("click", toggle);
  get("back").addEventListener("click", () => go(current - 1));
  get("next").addEventListener("click", () => go(current + 1));
  get("close").addEventListener("click", () => dialog.close());
  legend();
  draw();
  view.focus();
})();
