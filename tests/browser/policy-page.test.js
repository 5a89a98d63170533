// `report`: the page of a policy version.

import assert from "node:assert/strict";
import { test } from "node:test";
import { desk, everyPage, open, phone, speak } from "./browser.js";
import { folder, gradatie } from "./program.js";
import { join } from "node:path";

const path = join(folder, "policy.html");
gradatie("report", "mali/2025", "--lang", "en", "--out", path);

everyPage("policy page", () => path, {
  nl: ["Landenbeleid Mali", "Wat de bron open laat", "hoogste uitzonderlijke situatie", "Een mens beslist"],
  en: ["Country policy on Mali", "What the source leaves open", "most exceptional situation", "A human decides"],
});

test("policy page: the map tells each region's grade in words to those who cannot see it", async () => {
  const { page, close } = await open(path);
  for (const [language, words] of Object.entries({ nl: "relatief hoger niveau", en: "relatively higher level" })) {
    await speak(page, language);
    const maps = page.getByRole("img");
    assert.equal(await maps.count(), 3, "the map, and before and after");
    const described = await maps.first().evaluate((map) => {
      const described = document.getElementById(map.getAttribute("aria-describedby"));
      return described.textContent;
    });
    assert.ok(described.includes(`Ménaka: ${words}.`), described);
    assert.equal(await page.getByRole("rowheader", { name: "Ménaka" }).count(), 2);
  }
  await close();
});

test("policy page: the name of each region fits its tile", async () => {
  const { page, close } = await open(path);
  for (const viewport of [desk, phone]) {
    await page.setViewportSize(viewport);
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll("html[lang=en] .en svg.tiles g")]
        .filter((tile) => {
          const box = (name) => tile.querySelector(name).getBoundingClientRect();
          return box("text.region").width > box("rect.tile").width;
        })
        .map((tile) => tile.textContent),
    );
    assert.deepEqual(wide, []);
    // Smaller than this a name cannot be read on a phone.
    const height = await page.locator(".en text.region").first().evaluate((name) => name.getBoundingClientRect().height);
    assert.ok(height >= 10, `${height}`);
  }
  await close();
});

test("policy page: grades are told apart without colour", async () => {
  const { page, close } = await open(path);
  const tiles = await page.evaluate(() =>
    [...document.querySelectorAll("#changes ~ .maps .en svg.tiles g, .map-and-legend .en svg.tiles g")].map((tile) => ({
      mark: tile.querySelector("text.mark").textContent,
      pattern: tile.querySelector("rect[fill^='url']")?.getAttribute("fill").replace(/.*-/, "") ?? "none",
    })),
  );
  assert.equal(tiles.length, 11 * 3);
  const pattern = new Map();
  for (const tile of tiles) {
    assert.equal(pattern.get(tile.mark) ?? tile.pattern, tile.pattern, "one pattern for one letter");
    pattern.set(tile.mark, tile.pattern);
  }
  assert.equal(new Set(pattern.values()).size, pattern.size, "another pattern for another letter");
  assert.deepEqual([...pattern.keys()].sort(), ["A", "B", "C", "D", "E"]);
  await close();
});

test("policy page: a citation leads to its sentence, and the sentence to the table of its rule", async () => {
  const { page, close } = await open(path);
  await page.locator("#regions-grade").getByRole("link", { name: "besluit:4.4" }).first().click();
  const sentence = page.locator("li:target");
  assert.equal(await sentence.getAttribute("id"), "besluit:4.4");
  await sentence.getByRole("link", { name: "grade" }).first().click();
  assert.equal(await page.locator(":target").getAttribute("id"), "table-grade");
  await close();
});

test("policy page: what is folded is printed", async () => {
  const { page, close } = await open(path);
  assert.equal(await page.locator("details[open]").count(), 0);
  const folded = await page.locator("details").count();
  assert.ok(folded > 0);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("details[open]").count(), folded);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await page.locator("details[open]").count(), 0);
  await close();
});
