// `table --format html` and `diff --format html`.

import { everyPage } from "./browser.js";
import { page } from "./program.js";

const tables = page("tables.html", "table", "mali/2025", "--format", "html", "--lang", "en");
everyPage("decision tables", () => tables, {
  nl: ["Wat is de gradatie van het willekeurige geweld", "relatief hoger niveau"],
  en: ["What is the grade of indiscriminate violence", "relatively higher level"],
});

const differences = page("diff.html", "diff", "mali/2023", "mali/2025", "--format", "html", "--lang", "en");
everyPage("the difference of two versions", () => differences, {
  nl: ["Andere conclusies", "Combinaties van feiten"],
  en: ["Other conclusions", "Combinations of facts"],
});
