/**
 * Holds every exchange with the local GitHub against GitHub's own OpenAPI document: neither the Action nor the
 * stand-in can drift from what GitHub says without failing a test.
 */
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { toJsonSchema } from "./json-schema.ts";
import {
  type Body,
  dereference,
  type OpenApiDocument,
  type Parameter,
  type Route,
  routesOf,
} from "./openapi.ts";
import { type Schema, unknownProperties } from "./unknown-properties.ts";

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

const document = "github";

export class ApiGuard {
  readonly #document: OpenApiDocument;
  readonly #routes: readonly Route[];
  readonly #bodies: Ajv;
  /** Parameters arrive as text, so types are read into them. */
  readonly #parameters: Ajv;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(source: OpenApiDocument) {
    this.#document = source;
    this.#routes = routesOf(source);
    this.#bodies = newAjv(source, false);
    this.#parameters = newAjv(source, "array");
  }

  /** The operation behind a method and a path, with the parameters of the path decoded. */
  match(method: string, pathname: string): Match | null {
    for (const route of this.#routes) {
      const found = route.method === method ? route.pattern.exec(pathname) : null;
      if (!found) continue;
      const params = Object.entries(found.groups ?? {}).map(([name, raw]) => [name, decodeURIComponent(raw)]);
      return { route, params: Object.fromEntries(params) as Record<string, string> };
    }
    return null;
  }

  /** The first published example of an answer, to build answers from. */
  example(operation: string, status: number): unknown {
    const route = this.#routes.find(({ id }) => id === operation);
    const body = route?.operation.responses[status];
    const content = body && dereference(this.#document, body).content?.["application/json"];
    const example = Object.values(content?.examples ?? {})[0];
    if (!example) throw new Error(`GitHub's document has no example of ${operation} ${status}.`);
    return structuredClone(dereference(this.#document, example).value);
  }

  /** What is wrong with a request; nothing when GitHub would take it. */
  checkRequest({ route, params }: Match, query: URLSearchParams, body: unknown): readonly string[] {
    const parameters = route.parameters.flatMap((parameter) => {
      if (parameter.in === "header") return [];
      const value =
        parameter.in === "path" ? params[parameter.name] : (query.get(parameter.name) ?? undefined);
      return this.#checkParameter(route, parameter, value);
    });
    const known = new Set(
      route.parameters.filter(({ in: place }) => place === "query").map(({ name }) => name),
    );
    const unknown = [...query.keys()]
      .filter((name) => !known.has(name))
      .map((name) => `unknown query parameter ${name}`);
    return [...parameters, ...unknown, ...this.#checkRequestBody(route, body)];
  }

  /** What is wrong with an answer of the stand-in. */
  checkResponse(route: Route, status: number, body: unknown): readonly string[] {
    const documented = route.operation.responses[status];
    if (!documented)
      return undocumented(status) ? [] : [`status ${status} is not documented for ${route.id}`];
    const schema = dereference<Body>(this.#document, documented).content?.["application/json"]?.schema;
    if (!schema) return body === undefined ? [] : [`status ${status} has no body in GitHub's document`];
    return this.#check(`${route.id} ${status}`, schema, body, "response");
  }

  #checkParameter(route: Route, parameter: Parameter, value: string | undefined): readonly string[] {
    if (value === undefined)
      return parameter.required ? [`missing ${parameter.in} parameter ${parameter.name}`] : [];
    const check = this.#compile(`${route.id} parameter ${parameter.name}`, this.#parameters, {
      type: "object",
      properties: { value: toJsonSchema(parameter.schema, document) },
    });
    if (check({ value })) return [];
    return [
      `${parameter.in} parameter ${parameter.name}=${value}: ${this.#parameters.errorsText(check.errors)}`,
    ];
  }

  #checkRequestBody(route: Route, body: unknown): readonly string[] {
    const wanted =
      route.operation.requestBody && dereference<Body>(this.#document, route.operation.requestBody);
    if (!wanted) return body === undefined ? [] : ["a body was sent to an operation that takes none"];
    const schema = wanted.content?.["application/json"]?.schema;
    if (body === undefined) return wanted.required ? ["a body is required"] : [];
    return schema ? this.#check(`${route.id} body`, schema, body, "body") : [];
  }

  #check(key: string, schema: Schema, value: unknown, at: string): readonly string[] {
    const check = this.#compile(key, this.#bodies, toJsonSchema(schema, document));
    const errors = check(value)
      ? []
      : (check.errors ?? []).map(
          (error) => `${at}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`,
        );
    const resolve = (part: Schema) => dereference<Schema>(this.#document, part as Schema);
    return [...errors, ...unknownProperties(schema, value, at, resolve)];
  }

  #compile(key: string, ajv: Ajv, schema: unknown): ValidateFunction {
    const found = this.#compiled.get(key) ?? ajv.compile(schema as object);
    this.#compiled.set(key, found);
    return found;
  }
}

/** GitHub's document lists only some of the errors an operation may answer with. */
function undocumented(status: number): boolean {
  return status >= 400;
}

function newAjv(source: OpenApiDocument, coerceTypes: false | "array"): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes });
  addFormats.default(ajv);
  for (const format of ["repo.nwo", "timestamp", "binary"]) ajv.addFormat(format, true);
  ajv.addSchema({ $id: document, components: toJsonSchema(source.components) } as object);
  return ajv;
}
