// The page's script, as the browser runs it: moves the focus, filters, brings in rows, tells stories, and keeps the page
// up to date without touching what has not changed. Everything works without it but that.

(() => {
  const byId = (id) => document.getElementById(id);
  const [grid, body, heads, filter, counts, shown, link, story] = [
    "grid",
    "rows",
    "heads",
    "filter",
    "counts",
    "shown",
    "link",
    "story",
  ].map(byId);
  const batch = 60;
  let limit = batch;
  let feed = document.body.dataset.feed;
  let version = Number(document.body.dataset.version);
  const pressed = new Set();
  /** Every row of the site by its key; `order` says where it belongs. */
  const rows = new Map();
  let order = [];

  const rowsIn = (root) => [...root.querySelectorAll(".db")];
  for (const row of [...rowsIn(body), ...rowsIn(byId("more").content)]) {
    rows.set(row.dataset.key, row);
    order.push(row.dataset.key);
  }

  // ---- which rows are shown

  const levelOf = (row) => row.classList[1];

  function matches(row) {
    if (pressed.size > 0 && !pressed.has(levelOf(row))) return false;
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return true;
    const who = row.querySelector(".who");
    const text = `${row.dataset.key} ${who.textContent}`.toLowerCase();
    return words.every((word) => text.includes(word));
  }

  function show() {
    const all = order.map((key) => rows.get(key));
    const matching = all.filter(matches);
    const wanted = matching.slice(0, limit);
    const place = focusedPlace();
    wanted.forEach((row, index) => {
      if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
      row.setAttribute("aria-rowindex", String(index + 2));
    });
    while (body.children.length > wanted.length) body.lastElementChild.remove();
    grid.setAttribute("aria-rowcount", String(matching.length + 1));
    shown.textContent = shownText(wanted.length, matching.length, all.length);
    restore(place);
  }

  function shownText(wanted, matching, all) {
    if (all === 0) return "There is no policy yet.";
    if (matching === 0) return "No database matches.";
    const some = wanted < matching ? `; the first ${wanted} are shown, the others come as you scroll` : "";
    return matching === all ? (some === "" ? "" : `${all} databases${some}`) : `${matching} of ${all} databases${some}`;
  }

  new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting) || body.children.length < limit) return;
      limit += batch;
      show();
    },
    { rootMargin: "800px" },
  ).observe(shown);

  filter.addEventListener("input", () => {
    limit = batch;
    show();
  });

  counts.addEventListener("click", (event) => {
    const button = event.target.closest(".count");
    if (button === null) return;
    const { level } = button.dataset;
    if (!pressed.delete(level)) pressed.add(level);
    limit = batch;
    markPressed();
    show();
  });

  function markPressed() {
    for (const button of counts.children)
      button.setAttribute("aria-pressed", String(pressed.has(button.dataset.level)));
  }

  // ---- one cell can be reached by Tab, the arrow keys move on from there

  const cellsOf = (row) => [...row.querySelectorAll(".nights > b")];
  let current;

  function reach(cell) {
    if (current !== cell) current?.removeAttribute("tabindex");
    current = cell;
    current?.setAttribute("tabindex", "0");
  }

  function focusedPlace() {
    const cell = document.activeElement?.closest?.(".nights > b");
    if (!cell) return undefined;
    const row = cell.closest(".db");
    return { key: row.dataset.key, index: cellsOf(row).indexOf(cell), cell };
  }

  /** The focus stays on its database and night, also when the row was drawn anew or has moved. */
  function restore(place) {
    if (place === undefined) {
      if (current === undefined || !body.contains(current)) reach(cellsOf(body.firstElementChild ?? body).at(-1));
      return;
    }
    const row = rows.get(place.key);
    const cell = row !== undefined && body.contains(row) ? cellsOf(row)[place.index] : undefined;
    const target = cell ?? cellsOf(body.firstElementChild ?? body).at(-1);
    reach(target);
    if (document.activeElement !== target) target?.focus({ preventScroll: true });
  }

  function neighbour(cell, key) {
    const row = cell.closest(".db");
    const cells = cellsOf(row);
    const index = cells.indexOf(cell);
    if (key === "ArrowLeft") return cells[index - 1];
    if (key === "ArrowRight") return cells[index + 1];
    if (key === "Home") return cells[0];
    if (key === "End") return cells.at(-1);
    if (key === "ArrowDown" && row.nextElementSibling === null && body.children.length >= limit) {
      limit += batch;
      show();
    }
    const other = { ArrowUp: row.previousElementSibling, ArrowDown: row.nextElementSibling }[key];
    return other ? cellsOf(other)[index] : undefined;
  }

  body.addEventListener("keydown", (event) => {
    const cell = event.target.closest(".nights > b");
    if (cell === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      void tell(cell);
      return;
    }
    if (!/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) return;
    event.preventDefault();
    const next = neighbour(cell, event.key);
    if (next === undefined) return;
    reach(next);
    next.focus();
  });

  body.addEventListener("click", (event) => {
    const cell = event.target.closest(".nights > b");
    if (cell === null) return;
    reach(cell);
    cell.focus();
    void tell(cell);
  });

  // ---- the story of a run

  async function tell(cell) {
    if (cell.classList.contains("o")) return;
    const row = cell.closest(".db");
    const night = heads.querySelectorAll("[data-night]")[cellsOf(row).indexOf(cell)].dataset.night;
    const text = byId("story-body");
    byId("story-title").textContent = row.querySelector("strong").textContent;
    text.textContent = `${cell.textContent}: ${cell.title}`;
    story.showModal();
    const query = new URLSearchParams({ key: row.dataset.key, night });
    try {
      const answer = await fetch(`story?${query}`);
      if (!answer.ok) throw new Error(await answer.text());
      text.innerHTML = await answer.text();
    } catch {
      text.append(document.createElement("br"), "The site does not answer; this is all the page knows by itself.");
    }
  }

  // ---- live

  const parse = (markup) => {
    const template = document.createElement("template");
    template.innerHTML = markup;
    return template.content.firstElementChild;
  };

  async function update() {
    const answer = await fetch(`changes?${new URLSearchParams({ feed, since: String(version) })}`);
    if (!answer.ok) throw new Error("the site does not answer");
    apply(await answer.json());
  }

  function apply(change) {
    const place = focusedPlace();
    if (change.feed !== feed) rows.clear();
    [feed, version] = [change.feed, change.version];
    document.title = change.title;
    for (const [id, markup] of Object.entries(change.sections)) {
      const open = byId(id).querySelector("details")?.open;
      byId(id).innerHTML = markup;
      const details = byId(id).querySelector("details");
      if (open && details !== null) details.open = true;
    }
    markPressed();
    for (const [key, markup] of change.rows) {
      const row = parse(markup);
      const old = rows.get(key);
      if (old !== undefined && body.contains(old)) old.replaceWith(row);
      rows.set(key, row);
    }
    order = change.order;
    const stays = new Set(order);
    for (const key of rows.keys()) if (!stays.has(key)) rows.delete(key);
    show();
    restore(place);
  }

  let heardAt = Date.now();
  let updating = false;
  let again = false;

  function say(trouble) {
    link.classList.toggle("lost", trouble !== undefined);
    const text = trouble === undefined ? "live" : `${trouble}: what you see may be old`;
    if (link.textContent !== text) link.textContent = text;
  }

  async function onState(state) {
    heardAt = Date.now();
    if (state.trouble !== undefined || (state.feed === feed && state.version === version)) return say(state.trouble);
    again = updating;
    if (updating) return;
    updating = true;
    try {
      await update();
      say(undefined);
    } catch {
      say("connection lost");
    }
    updating = false;
    if (again) void onState(state);
  }

  if (location.protocol === "file:") say("a saved page");
  else {
    const events = new EventSource("events");
    events.addEventListener("state", (event) => void onState(JSON.parse(event.data)));
    events.addEventListener("error", () => say("connection lost"));
    setInterval(() => Date.now() - heardAt > 40_000 && say("connection lost"), 5000);
  }
  show();
})();
