// `batch --report`.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { desk, everyPage, open, phone, overflow, speak, violations } from "./browser.js";
import { folder, gradatie } from "./program.js";

const wicked = "</script><img src=x onerror=alert(1)><script>alert(1)</script>";
const cases = gradatie("sample", "300", "--format", "jsonl").trimEnd().split("\n");
cases.push(JSON.stringify({ case: wicked, decision_date: "2025-09-15", facts: { region: "Ménaka", civilian: "yes" } }));
writeFileSync(join(folder, "cases.jsonl"), `${cases.join("\n")}\n`);

const compared = join(folder, "compared.html");
const against = ["--policy", "mali/2025", "--against", "mali/2023", "--lang", "en"];
gradatie("batch", "cases.jsonl", "--out", "out.jsonl", "--report", compared, ...against);
everyPage("a batch that was compared", () => compared, {
  nl: ["De veranderde zaken", "Wat de regels anders zeggen", "relatief hoger niveau"],
  en: ["The changed cases", "What the rules say differently", "relatively higher level"],
});

const alone = join(folder, "alone.html");
gradatie("batch", "cases.jsonl", "--out", "alone.jsonl", "--report", alone, "--lang", "en");
everyPage("a batch alone", () => alone, {
  nl: ["Zaken beoordeeld", "niet bepaald"],
  en: ["Cases evaluated", "not determined"],
});

// The region of every second case was not known then, so that the grade was not determined.
const then = cases.map((line, index) => {
  const item = JSON.parse(line);
  if (index % 2 === 0) delete item.facts.region;
  return JSON.stringify(item);
});
writeFileSync(join(folder, "then.jsonl"), `${then.join("\n")}\n`);
gradatie("batch", "then.jsonl", "--policy", "mali/2023", "--out", "then.csv");
const table = join(folder, "table.html");
gradatie("batch", "cases.jsonl", "--policy", "mali/2025", "--against", "then.csv", "--out", "t.jsonl", "--report", table);
everyPage("a batch that was compared with a table", () => table, {
  nl: ["oorzaak niet bekend", "De eerdere uitkomsten bevatten geen feiten", "De eerdere uitkomsten bevatten geen regio's"],
  en: ["cause not known", "The earlier results hold no facts", "The earlier results hold no regions"],
});

const rows = (page) => page.locator("#changed-cases tbody tr:not(.detail)");
const references = (page) => rows(page).locator("th").evaluateAll((heads) => heads.map((head) => head.firstChild.data));
const found = async (page) => Number((await page.innerText("#case-status")).split(" ").at(-1).replace(/\D/g, ""));

test("a batch that was compared: cases are searched, filtered, sorted and turned over", async () => {
  const { page, complaints, close } = await open(compared);
  const data = JSON.parse(await page.locator("#changed-data").textContent());
  assert.equal(await found(page), data.cases.length);
  assert.equal(await rows(page).count(), 50);
  const first = await references(page);
  assert.deepEqual(first, data.cases.slice(0, 50).map((item) => item[1]), "in the order of the input");

  await page.getByRole("button", { name: "Next" }).click();
  assert.deepEqual(await references(page), data.cases.slice(50, 100).map((item) => item[1]));
  await page.getByRole("button", { name: "Previous" }).click();
  assert.deepEqual(await references(page), first);

  const head = page.locator("th[data-sort=reference]");
  for (const [order, sign] of [["ascending", 1], ["descending", -1]]) {
    await head.getByRole("button").click();
    assert.equal(await head.getAttribute("aria-sort"), order);
    const seen = (await references(page)).filter((reference) => reference.startsWith("SAMPLE"));
    const sorted = [...seen].sort((one, other) => sign * one.localeCompare(other));
    assert.deepEqual(seen, sorted);
  }

  const region = data.regions.indexOf("Ségou");
  await page.locator("#case-region").selectOption({ label: "Ségou" });
  assert.equal(await found(page), data.cases.filter((item) => item[2] === region).length);
  const change = page.locator("#case-change");
  await change.selectOption({ label: "grade: no article 15(c) situation → relatively higher level" });
  assert.ok((await found(page)) > 0);
  await change.selectOption({ label: "grade: most exceptional situation → relatively higher level" });
  assert.equal(await page.innerText("#case-status"), "No case fits.");
  await page.locator("#case-region").selectOption({ label: "any region" });
  assert.ok((await found(page)) > 0);
  await change.selectOption({ label: "any change" });

  await page.getByRole("searchbox", { name: "Search in reference and source" }).fill("  sample-00000007 ");
  assert.deepEqual(await references(page), data.cases.filter((item) => item[1].includes("00000007")).map((item) => item[1]));
  assert.deepEqual(complaints, []);
  await close();
});

test("a batch that was compared: a case shows its reasons, and stays text", async () => {
  const { page, requests, complaints, address, close } = await open(compared);
  await page.getByRole("searchbox", { name: "Search in reference and source" }).fill("onerror");
  assert.deepEqual(await references(page), [wicked]);
  const button = rows(page).getByRole("button");
  await button.click();
  assert.equal(await button.getAttribute("aria-expanded"), "true");
  const detail = await page.locator("#changed-cases .detail").innerText();
  for (const text of ["besluit:4.4", "besluit:1.2", "by the rules", "individual_risk"]) {
    assert.ok(detail.includes(text), `${text} in ${detail}`);
  }
  assert.equal(await page.locator("#changed-cases img").count(), 0);
  assert.deepEqual(await violations(page), []);
  await page.setViewportSize(phone);
  assert.equal(await overflow(page), 0);
  await page.setViewportSize(desk);
  await speak(page, "nl");
  assert.equal(await page.locator("#case-region option").first().innerText(), "elke regio");
  await page.getByRole("searchbox").fill("");
  await button.first().click();
  assert.ok((await page.locator("#changed-cases .detail").innerText()).includes("door de regels"));
  await button.first().click();
  assert.equal(await page.locator("#changed-cases .detail").count(), 0);
  assert.deepEqual([requests, complaints], [[address], []]);
  await close();
});

test("a batch that was compared with a table: what the table does not hold is said to be missing", async () => {
  const { page, complaints, close } = await open(table);
  await speak(page, "en");
  const change = page.locator("#case-change");
  await change.selectOption({ label: "grade: not determined → most exceptional situation" });
  await rows(page).getByRole("button").first().click();
  const detail = await page.locator("#changed-cases .detail").innerText();
  for (const text of ["cause not known", "what it waited for is not in the earlier results"]) {
    assert.ok(detail.includes(text), `${text} in ${detail}`);
  }
  const region = await page.locator("#regions tbody tr").first().locator("td").allInnerTexts();
  assert.equal(region[1], "–", "cases before");
  assert.match(region[3], /^[1-9]/, "cases now");
  assert.deepEqual(complaints, []);
  await close();
});
