"use strict";
// The list of changed cases: searched, filtered, sorted and turned over here. Texts go into the page as text alone.
(() => {
  const holder = document.getElementById("changed-data");
  if (!holder) return;
  const data = JSON.parse(holder.textContent);
  const PAGE = 50;
  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const [search, byChange, byRegion] = ["case-search", "case-change", "case-region"].map(find);
  const [status, previous, next] = ["case-status", "case-previous", "case-next"].map(find);
  const body = document.querySelector("#changed-cases tbody");
  const heads = [...document.querySelectorAll("#changed-cases thead th[data-sort]")];
  const words = data.words;
  const language = () => (root.lang === "nl" ? 0 : 1);

  const element = (name, parent, text) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  };
  // A text in both languages; the style shows one.
  const say = (parent, pair) => {
    if (pair[0] === pair[1]) {
      parent.append(pair[0]);
      return;
    }
    ["nl", "en"].forEach((code, index) => {
      const span = element("span", parent, pair[index]);
      span.className = code;
      span.lang = code;
    });
  };
  const arrow = (change) => [0, 1].map((index) => `${data.texts[change.from][index]} → ${data.texts[change.to][index]}`);
  const kind = (change) => `${change.conclusion} ${change.from} ${change.to}`;
  const regionOf = (item) => (item[2] < 0 ? words.noRegion : [data.regions[item[2]], data.regions[item[2]]]);

  // What is searched, without accents and case.
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const haystacks = data.cases.map((item) => folded(`${item[1]} ${item[0]}`));
  const kinds = data.cases.map((item) => item[3].map((place) => kind(data.changes[place])));

  const options = () => {
    const chosen = [byChange.value, byRegion.value];
    byChange.replaceChildren();
    byRegion.replaceChildren();
    const option = (parent, value, text) => {
      element("option", parent, text).value = value;
    };
    option(byChange, "", words.anyChange[language()]);
    data.conclusions.forEach((conclusion, index) => {
      const own = data.changes.filter((change) => change.conclusion === index);
      if (own.length === 0) return;
      const group = element("optgroup", byChange);
      group.label = conclusion.name;
      option(group, String(index), `${conclusion.name}: ${words.anyChange[language()]}`);
      const seen = new Set();
      for (const change of own) {
        if (seen.has(kind(change))) continue;
        seen.add(kind(change));
        option(group, kind(change), `${conclusion.name}: ${arrow(change)[language()]}`);
      }
    });
    option(byRegion, "", words.anyRegion[language()]);
    const used = [...new Set(data.cases.map((item) => item[2]))].sort((one, other) => one - other);
    for (const region of used) {
      option(byRegion, String(region), region < 0 ? words.noRegion[language()] : data.regions[region]);
    }
    [byChange.value, byRegion.value] = chosen;
  };

  const collator = new Intl.Collator("nl", { numeric: true });
  const first = (item) => arrow(data.changes[item[3][0]])[language()];
  const keys = {
    reference: (one, other) => collator.compare(one[1], other[1]),
    source: (one, other) => collator.compare(one[0], other[0]),
    region: (one, other) => collator.compare(regionOf(one)[language()], regionOf(other)[language()]),
    changes: (one, other) => other[3].length - one[3].length || collator.compare(first(one), first(other)),
  };
  let sorting = { key: null, descending: false };
  let page = 0;
  let found = [];

  const select = () => {
    const wanted = folded(search.value.trim());
    const change = byChange.value;
    const region = byRegion.value;
    const fits = (own) =>
      change === "" || own.some((one) => one === change || one.startsWith(`${change} `));
    found = [];
    data.cases.forEach((item, index) => {
      if (
        haystacks[index].includes(wanted) &&
        fits(kinds[index]) &&
        (region === "" || String(item[2]) === region)
      ) {
        found.push(index);
      }
    });
    if (sorting.key) {
      const compare = keys[sorting.key];
      const sign = sorting.descending ? -1 : 1;
      found.sort((one, other) => sign * compare(data.cases[one], data.cases[other]) || one - other);
    }
    page = 0;
    show();
  };

  const grounds = (list, title, side) => {
    const head = element("dt", list);
    say(head, title);
    head.append(` (${side.policy})`);
    for (const place of side.sentences) {
      const sentence = data.sentences[place];
      const entry = element("dd", list);
      element("code", entry, sentence.locator);
      entry.append(" ");
      say(entry, sentence.summary || words.noSummary);
    }
    if (side.needs.length > 0) {
      say(element("dd", list), words.waitsFor);
      for (const need of side.needs) {
        const entry = element("dd", list);
        element("code", entry, need.fact);
        entry.append(" ");
        if (need.question) say(entry, need.question);
      }
    }
    if (side.text) {
      const entry = element("dd", list);
      say(entry, words.earlierWords);
      entry.append(`: ${side.text}`);
    }
    if (side.sentences.length === 0 && side.needs.length === 0 && !side.text) {
      say(element("dd", list), side.isNotOnRecord ? words.notOnRecord : words.none);
    }
  };

  const reasons = (item, row) => {
    const wide = element("td", row);
    wide.colSpan = 3;
    const cell = element("div", wide);
    for (const place of item[3]) {
      const change = data.changes[place];
      const heading = element("h3", cell);
      element("code", heading, data.conclusions[change.conclusion].name);
      heading.append(" ");
      say(heading, arrow(change));
      heading.append(", ");
      say(heading, data.causes[change.cause]);
      const list = element("dl", cell);
      grounds(list, words.now, change.now);
      grounds(list, words.earlier, change.earlier);
    }
  };

  const show = () => {
    body.replaceChildren();
    const begin = page * PAGE;
    const shown = found.slice(begin, begin + PAGE);
    shown.forEach((index, number) => {
      const item = data.cases[index];
      const row = element("tr", body);
      const head = element("th", row, item[1]);
      head.scope = "row";
      element("br", head);
      element("small", head, item[0]);
      element("br", head);
      const button = element("button", head);
      button.type = "button";
      button.setAttribute("aria-expanded", "false");
      say(button, words.reasons);
      const of = element("span", button, ` ${item[1]}`);
      of.className = "unseen";
      say(element("td", row), regionOf(item));
      const list = element("ul", element("td", row));
      list.className = "changes";
      for (const place of item[3]) {
        const change = data.changes[place];
        const entry = element("li", list);
        element("code", entry, data.conclusions[change.conclusion].name);
        entry.append(" ");
        say(entry, arrow(change));
      }
      button.addEventListener("click", () => {
        const open = button.getAttribute("aria-expanded") === "true";
        button.setAttribute("aria-expanded", String(!open));
        if (open) {
          find(`case-detail-${number}`).remove();
          button.removeAttribute("aria-controls");
        } else {
          const detail = element("tr");
          detail.id = `case-detail-${number}`;
          detail.className = "detail";
          reasons(item, detail);
          row.after(detail);
          button.setAttribute("aria-controls", detail.id);
        }
      });
    });
    count();
  };

  // How many there are, in the language of the page.
  const count = () => {
    const written = (number) => number.toLocaleString(language() === 0 ? "nl" : "en");
    const begin = page * PAGE;
    const end = Math.min(begin + PAGE, found.length);
    status.textContent =
      found.length === 0
        ? words.noCase[language()]
        : `${written(begin + 1)}–${written(end)} ${words.of[language()]} ${written(found.length)}`;
    previous.disabled = page === 0;
    next.disabled = end >= found.length;
  };

  const turn = (by) => {
    page += by;
    show();
  };
  previous.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  search.addEventListener("input", select);
  byChange.addEventListener("change", select);
  byRegion.addEventListener("change", select);
  for (const head of heads) {
    head.querySelector("button").addEventListener("click", () => {
      const key = head.dataset.sort;
      sorting = { key, descending: sorting.key === key && !sorting.descending };
      for (const other of heads) {
        other.removeAttribute("aria-sort");
      }
      head.setAttribute("aria-sort", sorting.descending ? "descending" : "ascending");
      select();
    });
  }
  new MutationObserver(() => {
    options();
    select();
  }).observe(root, { attributes: true, attributeFilter: ["lang"] });
  options();
  select();
  find("case-list").hidden = false;
})();
