import { beforeAll, describe, expect, test } from "vitest";
import { JinjaFault, loadJinja, renderJinjaBlock } from "../../../../src/sql/macro/jinja.ts";

beforeAll(loadJinja);

const names = { missing_value: null, items: ["a", "b"], flag: true, double: (x: number) => x * 2 };
const render = (text: string, macros: readonly string[] = []): string =>
  renderJinjaBlock({ text, macros, names });

describe("templates read as in Jinja", () => {
  test.each([
    ["{% for c in items %}{{ c }} AS {{ c }}_{{ loop.index }},{% endfor %}", "a AS a_1,b AS b_2,"],
    ["'{{ gone }}' {{ missing_value }} {{ flag }} {{ items }}", "'' None True ['a', 'b']"],
    ["{% if 'creating' in ('creating', 'evaluating') %}yes{% endif %} {{ (1 + 2) * 3 }}", "yes 9"],
    ["{% set l = [] %}{% do l.append('x') %}{{ l }}", "['x']"],
    ["{{ 'aB'.upper() }}{{ ' x '.strip() }}{{ 'a-b-c'.replace('-', '_') }}", "ABxa_b_c"],
    ["{{ double(2) }} {{ 'a' ~ 1 }}{# gone; #}{% raw %}{{ raw }}{% endraw %}", "4 a1{{ raw }}"],
  ])("%s", (text, expected) => expect(render(text)).toBe(expected));

  test("macros see each other", () => {
    const macros = [
      "{% macro outer(x) %}({{ inner(x) }}){% endmacro %}",
      "{% macro inner(x) %}{{ x }} * 2{% endmacro %}",
    ];
    expect(render("{{ outer('a') }}", macros)).toBe("(a * 2)");
  });
});

describe("templates reach nothing but their names", () => {
  test.each([
    "{{ ''.constructor.constructor('return process')() }}",
    "{{ items.constructor.constructor('return process')() }}",
    "{{ constructor.constructor('return process')() }}",
    "{{ double.constructor('return process')() }}",
    "{{ range.constructor('return process')() }}",
    "{{ items['__proto__']['constructor']() }}",
    "{{ joiner().constructor('return process')() }}",
    "{% include '/etc/passwd' %}",
    "{% import 'fs' as fs %}",
  ])("%s", (text) => expect(() => render(text)).toThrow(JinjaFault));
});

test.each([
  ["a\nb {{ ref('x') }}", "ref", 2],
  ["a\n{{ b c }}", "expected variable end", 2],
  ["{% if %}", "", 1],
] as const)("%j is refused", (text, message, line) => {
  try {
    render(text, ["{% macro m() %}{% endmacro %}"]);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(JinjaFault);
    expect((error as JinjaFault).message).toContain(message);
    expect((error as JinjaFault).line).toBe(line);
  }
});
