/** Pieces of a list, and the files that are no plain list. */
import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../src/project/yaml.ts";
import { splitItems } from "../../../src/project/yaml-items.ts";

describe("splitItems", () => {
  test.each([
    ["", []],
    ["# nothing\n\n", []],
    ["- name: a\n- name: b\n", [1, 2]],
    [
      "# head\n- name: a\n  columns:\n    x: INT # - no item\n# between\n\n- name: b\r\n  description: |\n   - text\n",
      [2, 7],
    ],
    ["-\n  name: a\n-\n  name: b\n", [1, 3]],
  ])("%j", (text, lines) => {
    const items = splitItems(text);
    expect(items?.map(({ line }) => line)).toEqual(lines);
    // What each piece says is what the whole says there.
    const whole = (parseYaml(text, "f.yaml").value ?? []) as unknown[];
    expect(items?.map((item) => parseYaml(item.text, "f.yaml").value)).toEqual(whole.map((one) => [one]));
  });

  test.each([
    "name: a\n",
    "  - name: a\n  - name: b\n",
    "---\n- name: a\n",
    "[{name: a}]\n",
    "- &a {name: a}\n- *a\n",
    "- name: a\n  columns: &c {x: INT}\n- name: b\n  columns: *c\n",
    "%YAML 1.2\n---\n- name: a\n",
  ])("%j is read whole", (text) => {
    expect(splitItems(text)).toBeNull();
  });
});
