// The browser, and what must hold of every page that gradatie writes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { chromium } from "playwright-core";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let browser;
before(async () => {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: flags });
});
after(() => browser?.close());

/** A phone that shows 360 pixels across, and a desk. */
export const phone = { width: 360, height: 740 };
export const desk = { width: 1280, height: 900 };

/**
 * Opens a page, and gives it with everything that it asked for and complained of.
 * `options` are those of a browser context, and `query` for the address.
 */
export async function open(path, { query = "", ...options } = {}) {
  const context = await browser.newContext({ viewport: desk, ...options });
  const page = await context.newPage();
  const requests = [];
  const complaints = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(String(error)));
  const address = pathToFileURL(path).href + query;
  await page.goto(address, { waitUntil: "load" });
  return { page, requests, complaints, address, close: () => context.close() };
}

/** The languages as the page's switch names them. */
export const languages = { nl: "Nederlands", en: "English" };

export async function speak(page, language) {
  await page.getByRole("button", { name: languages[language] }).click();
  assert.equal(await page.getAttribute("html", "lang"), language);
}

/** How far the page reaches beyond the window, in pixels. */
export function overflow(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
}

/** Unfolds everything: what is folded away is not looked at. */
export function unfold(page) {
  return page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

/** What axe finds wrong: one line for each rule, with the elements. */
export async function violations(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

/**
 * The tests that every page passes. `path` gives the page when they begin; `texts` are, for each language, words that
 * only a reader of that language sees.
 */
export function everyPage(name, path, texts) {
  test(`${name}: nothing is asked of anyone, and nothing is complained of`, async () => {
    const { page, requests, complaints, address, close } = await open(path());
    for (const language of Object.keys(languages)) {
      await speak(page, language);
    }
    assert.deepEqual(requests, [address]);
    assert.deepEqual(complaints, []);
    await close();
  });

  test(`${name}: the content policy refuses what would be loaded or run from elsewhere`, async () => {
    const { page, requests, address, close } = await open(path());
    const refused = await page.evaluate(async () => {
      const names = [];
      document.addEventListener("securitypolicyviolation", (event) => names.push(event.effectiveDirective));
      const image = document.createElement("img");
      image.src = "https://example.org/x.png";
      const script = document.createElement("script");
      script.textContent = "globalThis.planted = true";
      const style = document.createElement("style");
      style.textContent = "body { color: red }";
      document.body.append(image, script, style);
      await fetch("https://example.org/").catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { names: names.sort(), planted: "planted" in globalThis };
    });
    assert.deepEqual(refused, {
      names: ["connect-src", "img-src", "script-src-elem", "style-src-elem"],
      planted: false,
    });
    assert.deepEqual(requests.filter((url) => url !== address && !url.startsWith("https://example.org/")), []);
    await close();
  });

  test(`${name}: the language is switched in place, and named by the address`, async () => {
    const { page, close } = await open(path());
    const other = { nl: "en", en: "nl" };
    for (const language of ["nl", "en", "nl"]) {
      await speak(page, language);
      const seen = await page.innerText("body");
      for (const text of texts[language]) {
        assert.ok(seen.includes(text), `${text} is seen`);
      }
      for (const text of texts[other[language]]) {
        assert.ok(!seen.includes(text), `${text} is not seen`);
      }
      const pressed = await page.locator("button[aria-pressed=true]").getAttribute("lang");
      assert.equal(pressed, language);
      assert.equal(await page.title(), await page.getAttribute("title", `data-${language}`));
    }
    await close();
    const named = await open(path(), { query: "?lang=nl" });
    assert.equal(await named.page.getAttribute("html", "lang"), "nl");
    await named.close();
  });

  test(`${name}: without scripts it speaks the language that it was made for`, async () => {
    const { page, complaints, close } = await open(path(), { javaScriptEnabled: false });
    const seen = await page.locator("body").innerText();
    for (const text of texts.en) {
      assert.ok(seen.includes(text), `${text} is seen`);
    }
    for (const text of texts.nl) {
      assert.ok(!seen.includes(text), `${text} is not seen`);
    }
    assert.equal(await page.locator(".languages").isVisible(), false);
    // Chromium says that a script does not run here, and nothing else.
    assert.ok(complaints.every((complaint) => complaint.includes("Blocked script execution")), complaints.join());
    await close();
  });

  for (const colorScheme of ["light", "dark"]) {
    test(`${name}: accessible in both languages, ${colorScheme}, wide and on a phone`, async () => {
      const { page, close } = await open(path(), { colorScheme });
      await unfold(page);
      for (const viewport of [desk, phone]) {
        await page.setViewportSize(viewport);
        for (const language of Object.keys(languages)) {
          await speak(page, language);
          assert.deepEqual(await violations(page), [], `${language}, ${viewport.width} px`);
          assert.equal(await overflow(page), 0, `${language}, ${viewport.width} px: nothing is cut off`);
        }
      }
      await close();
    });
  }

  test(`${name}: printed dark on white, without the switch`, async () => {
    const { page, close } = await open(path(), { colorScheme: "dark" });
    await page.emulateMedia({ media: "print" });
    const printed = await page.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.body);
      return { color, backgroundColor };
    });
    assert.deepEqual(printed, { color: "rgb(26, 29, 33)", backgroundColor: "rgb(255, 255, 255)" });
    assert.equal(await page.locator(".languages").isVisible(), false);
    assert.ok((await page.pdf({ format: "A4" })).length > 10_000);
    await close();
  });
}
