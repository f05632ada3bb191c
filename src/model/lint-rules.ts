/** Names of the built-in lint rules, lower case (spec project-format 12). */
export const lintRules: readonly string[] = [
  "ambiguousorinvalidcolumn",
  "invalidselectstarexpansion",
  "noselectstar",
  "noambiguousprojections",
  "nomissingaudits",
  "nomissingexternalmodels",
  "nomissingunittest",
];
