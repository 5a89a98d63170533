#!/usr/bin/env python3
"""Decision tables in DMN that nobody here wrote, as input to the search for gaps and overlaps.

    decision_tables.py GRADATIE RULES FOLDER

GRADATIE is the program, RULES the shipped rules folder (for its law and places), FOLDER holds .dmn files, such as the
TestCases of a clone of github.com/dmn-tck/tck. Each table whose cells compare an input with constants becomes a policy:
each input a fact of a case, with a value for each stretch between the constants, and each rule an `if` of its own. A
combination of values that no rule fits then ends without a conclusion, and one that two fit concludes twice. What `check`
says of it, and what `batch` says of every combination, must be what counting the rules that fit gives.

Where a test of the suite gives values for the inputs of a table whose rules exclude each other, the rule that the program
picks must also have the outputs that the suite expects.
"""

import datetime
import itertools
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from fractions import Fraction
from pathlib import Path


class DoesNotFit(Exception):
    """A table that cannot be written as a policy, and why."""


NUMBER = r"-?\d+(?:\.\d+)?"


class Input:
    """An input of a table: its constants cut it into cells, and each unary test is a set of cells."""

    def __init__(self, name, tests, allowed):
        self.name = name
        literals = set(re.findall(r'"[^"]*"', " ".join(tests + allowed)))
        numbers = {Fraction(n) for test in tests + allowed for n in re.findall(NUMBER, re.sub(r'"[^"]*"', "", test))}
        words = {word for test in tests for word in re.findall(r"\b(?:true|false)\b", re.sub(r'"[^"]*"', "", test))}
        if literals and not numbers and not words:
            self.kind = "text"
            # Where no values are declared the input can be something else than the rules name.
            self.cells = sorted(literals) + ([] if allowed else [None])
        elif words and not literals and not numbers:
            self.kind = "boolean"
            self.cells = ["true", "false"]
        elif numbers and not literals and not words:
            self.kind = "number"
            cuts = sorted(numbers)
            self.cells = [(None, cuts[0])]
            for cut, following in itertools.zip_longest(cuts, cuts[1:]):
                self.cells += [cut, (cut, following)]
        elif not literals and not numbers and not words and all(test.strip() == "-" for test in tests):
            self.kind = "any"
            self.cells = [None]
        else:
            raise DoesNotFit("an input of mixed kinds")
        self.tests = {test: frozenset(self.fitting(test)) for test in tests}

    def fitting(self, test):
        test = test.strip()
        if test in ("-", ""):
            return range(len(self.cells))
        negated = re.fullmatch(r"not\s*\((.*)\)", test, re.S)
        if negated:
            return set(range(len(self.cells))) - set(self.fitting(negated[1]))
        return {cell for part in split(test) for cell in self.fitting_one(part.strip())}

    def fitting_one(self, part):
        if self.kind in ("text", "boolean"):
            if part not in self.cells:
                raise DoesNotFit(f"`{part}` is not a constant")
            return {self.cells.index(part)}
        compared = re.fullmatch(rf"(<=|>=|<|>|)\s*({NUMBER})", part)
        between = re.fullmatch(rf"([\[\](])\s*({NUMBER})\s*\.\.\s*({NUMBER})\s*([\[\])])", part)
        if compared:
            bound = Fraction(compared[2])
            fits = {
                "<": lambda x: x < bound, "<=": lambda x: x <= bound, ">": lambda x: x > bound,
                ">=": lambda x: x >= bound, "": lambda x: x == bound,
            }[compared[1]]
        elif between:
            low, high = Fraction(between[2]), Fraction(between[3])
            fits = lambda x: (low <= x if between[1] == "[" else low < x) and (x <= high if between[4] == "]" else x < high)
        else:
            raise DoesNotFit(f"`{part}` is not a comparison with constants")
        return {index for index in range(len(self.cells)) if fits(self.sample(index))}

    def sample(self, index):
        """A number in a cell."""
        cell = self.cells[index]
        if not isinstance(cell, tuple):
            return cell
        low, high = cell
        if low is None:
            return high - 1
        return low + 1 if high is None else (low + high) / 2

    def cell_of(self, value):
        """The cell of a value of a test, as the suite writes it."""
        if self.kind == "number":
            value = Fraction(value)
            for index, cell in enumerate(self.cells):
                if cell == value or isinstance(cell, tuple) and (cell[0] is None or cell[0] < value) and (
                    cell[1] is None or value < cell[1]
                ):
                    return index
        if self.kind == "boolean":
            return self.cells.index(value)
        if self.kind == "any":
            return 0
        literal = f'"{value}"'
        return self.cells.index(literal) if literal in self.cells else self.cells.index(None)


def split(test):
    """The parts of a test at the commas outside of quotes."""
    return re.findall(r'(?:"[^"]*"|[^",])+', test)


REGIONS = [
    "Kayes", "Koulikoro", "Sikasso", "Ségou", "Mopti", "Tombouctou", "Gao", "Kidal", "Bamako", "Ménaka", "Taoudénit",
]
PROCEDURES = ["first", "repeat", "renewal", "withdrawal"]
YES_NO = ["civilian", "moratorium", "origin_credible", "exclusion_1f"]


class Fact:
    """A fact of a case that stands for an input: a value and a condition for each of its cells."""

    def __init__(self, name, values, condition, at_root=False, unused=()):
        self.name, self.values, self.condition, self.at_root = name, values, condition, at_root
        # Words of the fact that stand for no cell: the policy declares them impossible.
        self.unused = unused


def equal(name, words):
    return lambda cells: " || ".join(f'facts.{name} == "{words[cell]}"' for cell in cells)


def ordered(name, values, count):
    """A condition on a number or a date: each cell is one value, and the last all that follow."""

    def condition(cells):
        parts = []
        for cell in cells:
            bounds = [f"facts.{name} >= {values[cell]}"] if cell > 0 else []
            bounds += [f"facts.{name} < {values[cell + 1]}"] if cell + 1 < count else []
            parts.append("(" + " && ".join(bounds) + ")")
        return " || ".join(parts)

    return condition


def words(name, all_words, count):
    """A fact with a word for each cell, where it has as many."""
    if count > len(all_words):
        return None
    return Fact(name, all_words[:count], equal(name, all_words), unused=all_words[count:])


def facts_for(inputs):
    """A fact for each input."""
    day = lambda cell: (datetime.date(2024, 1, 1) + datetime.timedelta(cell)).isoformat()
    free = {
        "age": lambda n: Fact("age", list(range(n)), ordered("age", range(n), n)),
        "date": lambda n: Fact(
            "decision_date", [day(c) for c in range(n)], ordered("decision_date", [f'"{day(c)}"' for c in range(n)], n), True
        ),
        "region": lambda n: words("region", REGIONS, n),
        "procedure": lambda n: words("procedure", PROCEDURES, n),
    }
    yes_no = list(YES_NO)
    facts = []
    for one in inputs:
        count = len(one.cells)
        if count <= 2 and yes_no:
            name = yes_no.pop()
            facts.append(Fact(name, ["yes", "no"], equal(name, ["yes", "no"])))
            continue
        for name in ("procedure", "region", "age", "date") if one.kind == "text" else ("age", "date"):
            fact = free[name](count) if name in free else None
            if fact:
                del free[name]
                facts.append(fact)
                break
        else:
            raise DoesNotFit("more inputs than there are facts to stand for them")
    return facts


def condition(inputs, facts, entry):
    """When a rule fits, in the rule language."""
    conditions = []
    for one, fact, test in zip(inputs, facts, entry):
        cells = sorted(one.tests[test])
        if not cells:
            return "false"
        if len(cells) < len(one.cells):
            conditions.append("(" + fact.condition(cells) + ")")
    return " && ".join(conditions) or "true"


def policy(folder, rules, inputs, entries, facts):
    """Writes a rules folder with the table as its only question."""
    version = folder / "table/2025"
    version.mkdir(parents=True)
    (folder / "general").mkdir()
    (folder / "general/law.yaml").write_bytes((rules / "general/law.yaml").read_bytes())
    (folder / "table/regions.yaml").write_bytes((rules / "mali/regions.yaml").read_bytes())
    both = "{nl: x, en: x}"
    values = "".join(f"      - {{value: r{i}, label: {both}}}\n" for i in range(len(entries)))
    (version / "policy.yaml").write_text(
        f"title: {both}\nin_force: {{from: 2020-01-01, not_before: 2020-01-01, until: null}}\nconclusions:\n"
        f"  - name: rule\n    question: {both}\n    values:\n{values}flags: []\n"
        + ("impossible:\n" if any(fact.unused for fact in facts) else "")
        + "".join(
            f"  - {{when: {{{fact.name}: [{', '.join(fact.unused)}]}}, because: {both}}}\n" for fact in facts if fact.unused
        )
    )
    (version / "sources.yaml").write_text(
        f'source: {{id: table, title: {both}}}\nsentences:\n'
        f'  - {{locator: "table:1.1", kind: decision, summary: {both}}}\n'
    )
    conditions = [condition(inputs, facts, entry) for entry in entries]
    conclude = [f'conclude("r{index}", "table:1.1")' for index in range(len(entries))]
    lines = ["/// Which rule fits?", "fn rule(facts) {"]
    lines += [f"    if {fits} {{ return only_{index}(facts); }}" for index, fits in enumerate(conditions)]
    lines += ["}"]
    for index in range(len(entries)):
        # A rule that fits as well concludes first, and two conclusions are a fault.
        lines += ["", f"fn only_{index}(facts) {{"]
        lines += [f"    if {conditions[other]} {{ {conclude[other]}; }}" for other in range(index + 1, len(entries))]
        lines += [f"    {conclude[index]}", "}"]
    (version / "rule.rhai").write_text("\n".join(lines + [""]))


def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{arguments}: {done.stderr}")
    return done.stdout


GAP, OVERLAP = "no-conclusion", "concluded-twice"


def compared(program, rules, inputs, entries):
    """What the program says of a table, held against counting; gives the counts and the rule of each combination."""
    facts = facts_for(inputs)
    combinations = list(itertools.product(*(range(len(one.cells)) for one in inputs)))
    if len(combinations) > 20_000:
        raise DoesNotFit("more than 20,000 combinations")
    fitting = {
        cells: [i for i, entry in enumerate(entries) if all(c in one.tests[t] for c, one, t in zip(cells, inputs, entry))]
        for cells in combinations
    }
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        policy(folder / "rules", rules, inputs, entries, facts)
        found = json.loads(run(program, "check", "table/2025", "--rules", folder / "rules", "--format", "json"))
        cases = []
        for number, cells in enumerate(combinations):
            case = {"case": f"C{number}", "facts": {}}
            for fact, cell in zip(facts, cells):
                (case if fact.at_root else case["facts"])[fact.name] = fact.values[cell]
            cases.append(json.dumps(case))
        (folder / "cases.jsonl").write_text("\n".join(cases) + "\n")
        written = run(
            program, "batch", folder / "cases.jsonl", "--rules", folder / "rules", "--policy", "table/2025", "--out", folder / "out.jsonl"
        )
        results = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    assert len(results) == len(combinations), written
    picked = {}
    for cells, result in zip(combinations, results):
        rules_that_fit = fitting[cells]
        code = result.get("error", {}).get("code")
        expected = {0: GAP, 1: None}.get(len(rules_that_fit), OVERLAP)
        assert code == expected, (cells, rules_that_fit, result)
        if code is None:
            assert result["conclusions"]["rule"]["value"] == f"r{rules_that_fit[0]}", (cells, result)
            picked[cells] = rules_that_fit[0]
    gaps = sum(1 for fits in fitting.values() if not fits)
    overlaps = sum(1 for fits in fitting.values() if len(fits) > 1)
    for code, count in ((GAP, gaps), (OVERLAP, overlaps)):
        findings = [finding for finding in found["findings"] if finding["code"] == code]
        assert bool(findings) == bool(count), (code, count, found)
        for finding in findings:
            cells = {fact.name: finding["witness"].get(fact.name) for fact in facts}
            fits = fits_of_witness(cells, inputs, facts, fitting)
            assert fits and all((len(f) == 0) if code == GAP else (len(f) > 1) for f in fits), (finding, fits)
    return len(combinations), gaps, overlaps, picked


def fits_of_witness(witness, inputs, facts, fitting):
    """How many rules fit each combination that a witness leaves open."""

    def cells(one, fact):
        value = witness[fact.name]
        if value is None:
            return range(len(one.cells))
        if fact.name in ("age", "decision_date"):
            return [max(cell for cell in range(len(one.cells)) if fact.values[cell] <= value or cell == 0)]
        return [fact.values.index(value)] if value in fact.values[: len(one.cells)] else []

    return [fitting[c] for c in itertools.product(*(cells(one, fact) for one, fact in zip(inputs, facts)))]


def tables(path):
    """The decision tables of a model: the name of the decision, its inputs, the tests and outputs of its rules."""
    root = xml.parse(path).getroot()
    dmn = root.tag.split("}")[0] + "}"
    text = lambda element: "".join(element.find(dmn + "text").itertext()).strip() if element is not None else ""
    parents = {child: parent for parent in root.iter() for child in parent}
    declared = {}
    for item in root.iter(dmn + "itemDefinition"):
        values = item.find(dmn + "allowedValues")
        if values is not None and item.get("name"):
            declared[item.get("name")] = split(text(values))
    for table in root.iter(dmn + "decisionTable"):
        owner = parents[table]
        while owner.tag not in (dmn + "decision", dmn + "businessKnowledgeModel"):
            owner = parents[owner]
        columns = []
        for column in table.findall(dmn + "input"):
            expression = column.find(dmn + "inputExpression")
            values = column.find(dmn + "inputValues")
            kind = (expression.get("typeRef") or "").split(":")[-1].split(".")[-1]
            columns.append((text(expression), split(text(values)) if values is not None else declared.get(kind, [])))
        found = table.findall(dmn + "rule")
        tests = [[text(entry) for entry in rule.findall(dmn + "inputEntry")] for rule in found]
        outputs = [[text(entry) for entry in rule.findall(dmn + "outputEntry")] for rule in found]
        is_decision = owner.tag == dmn + "decision" and parents[table] is owner
        yield owner.get("name"), is_decision, table.get("hitPolicy") or "UNIQUE", columns, tests, outputs


def tests_of(path):
    """The tests beside a model: for each the values of its inputs, and the single values that it expects."""
    for file in sorted(path.parent.glob("*-test-*.xml")):
        root = xml.parse(file).getroot()
        local = lambda element: element.tag.split("}")[-1]
        for case in (case for case in root.iter() if local(case) == "testCase"):
            given, expected = {}, {}
            for node in case:
                values = [child for child in node.iter() if local(child) == "value"]
                if local(node) == "inputNode" and len(values) == 1:
                    given[node.get("name")] = values[0].text
                if local(node) == "resultNode" and len(values) == 1:
                    expected[node.get("name")] = values[0].text
            yield given, expected


def main():
    program, rules, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    taken, left, checked = 0, {}, 0
    for path in sorted(folder.rglob("*.dmn")):
        for name, is_decision, hit_policy, columns, entries, outputs in tables(path):
            label = f"{path.stem}: {name}"
            try:
                inputs = [Input(n, [e[i] for e in entries], allowed) for i, (n, allowed) in enumerate(columns)]
                combinations, gaps, overlaps, picked = compared(program, rules, inputs, entries)
            except DoesNotFit as reason:
                left.setdefault(str(reason) if "`" not in str(reason) else "a test that is no constant", []).append(label)
                continue
            taken += 1
            print(f"{label} ({hit_policy}): {len(entries)} rules, {combinations} combinations, {gaps} in gaps, {overlaps} in overlaps")
            # The other hit policies make one output out of those of several rules.
            if not is_decision or hit_policy not in ("UNIQUE", "ANY", "FIRST", "PRIORITY"):
                continue
            for given, expected in tests_of(path):
                if name not in expected or any(one.name not in given or given[one.name] is None for one in inputs):
                    continue
                cells = tuple(one.cell_of(given[one.name]) for one in inputs)
                if cells in picked and len(outputs[picked[cells]]) == 1:
                    output = outputs[picked[cells]][0].strip('"')
                    assert output == expected[name], (label, given, output, expected)
                    checked += 1
    print(f"{taken} tables agree; {checked} expected outputs of the suite are those of the rule that was picked")
    for reason, labels in sorted(left.items()):
        print(f"{len(labels)} left out, {reason}: {', '.join(labels)}")
    if taken == 0:
        raise SystemExit("no table was found")


main()
