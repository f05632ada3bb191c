/** GitHub's workflow parser imports JSON without saying so, which Node refuses: said here in its place. Set up before the tests' own imports. */
import { registerHooks } from "node:module";

registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context),
});
