// Checks a running API with other people's tools: node run.mjs URL [PLAIN_SDL FEDERATION_SDL]
//  1. the graphql-http audit, all of it;
//  2. the federation SDL composes with another subgraph, without errors or hints;
//  3. the plain SDL passes graphql-eslint's recommended rules and those for Relay.
import { composeServices } from "@apollo/composition";
import graphqlPlugin from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";
import { buildSchema, parse } from "graphql";
import { auditServer } from "graphql-http";
import { readFile } from "node:fs/promises";

const [url, plainPath, federationPath] = process.argv.slice(2);
let failed = false;
const fail = (text) => {
  failed = true;
  console.error(`FAILED ${text}`);
};

const audit = await auditServer({ url, fetchFn: fetch });
for (const check of audit.filter((check) => check.status !== "ok")) {
  fail(`audit ${check.status} ${check.id}: ${check.name} | ${check.reason}`);
}
console.log(`audit: ${audit.filter((check) => check.status === "ok").length} of ${audit.length}`);
if (audit.length < 61) fail(`the audit has only ${audit.length} checks`);

/** What a gateway asks a service for. */
async function served() {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ _service { sdl } }" }),
  });
  return (await response.json()).data._service.sdl;
}

for (const ours of federationPath ? [await readFile(federationPath, "utf8"), await served()] : []) {
  const other = `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key"])
    type Query { reviews: [Review!]! }
    type Review { id: ID! pct: Pct! }
    type Pct @key(fields: "code") { code: ID! reviews: [Review!]! }
  `;
  // The key's type is whatever the schema says it is.
  const keyType = /type Pct [^{]*\{[^}]*?\bcode:\s*(\w+!)/s.exec(ours)?.[1] ?? "ID!";
  const composed = composeServices([
    { name: "wcc", url, typeDefs: parse(ours) },
    { name: "reviews", url: "http://reviews.invalid", typeDefs: parse(other.replace("code: ID!", `code: ${keyType}`)) },
  ]);
  for (const error of composed.errors ?? []) fail(`composition: ${error.message}`);
  // A supergraph keeps a directive on operations only where every subgraph has it; no other has
  // our ledger.
  const foreseen = (hint) =>
    hint.definition.code === "INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE" && hint.message.includes('"@asOf"');
  for (const hint of (composed.hints ?? []).filter((hint) => !foreseen(hint))) fail(`composition hint: ${hint.message}`);
  console.log(`composition: ${composed.supergraphSdl?.length ?? 0} characters of supergraph`);
}

if (plainPath) {
  const sdl = await readFile(plainPath, "utf8");
  buildSchema(sdl);
  const rules = {
    ...graphqlPlugin.configs["flat/schema-recommended"].rules,
    ...graphqlPlugin.configs["flat/schema-relay"].rules,
  };
  const eslint = new ESLint({
    cwd: "/",
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ["**/*.graphql"],
        plugins: { "@graphql-eslint": graphqlPlugin },
        languageOptions: {
          parser: graphqlPlugin.parser,
          parserOptions: { graphQLConfig: { schema: plainPath } },
        },
        rules: {
          ...rules,
          // Lists are read forwards; short ones (the cells of a scorecard) come whole.
          "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
          // A message is beside the ledger and cannot be asked for again by itself; `tests/schema/lint.rs`
          // checks that the items of all other lists are Nodes.
          "@graphql-eslint/relay-edge-types": [
            "error",
            { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
          ],
          // Everything that can be asked for again by a global identifier is a Node; parts of
          // such a thing, like the cells of a scorecard, have none of their own.
          "@graphql-eslint/strict-id-in-types": "off",
        },
      },
    ],
  });
  const results = await eslint.lintText(sdl, { filePath: "/schema.graphql" });
  const messages = results.flatMap((result) => result.messages);
  for (const message of messages.slice(0, 40)) {
    fail(`lint ${message.line}:${message.column} ${message.ruleId} ${message.message}`);
  }
  console.log(`lint: ${messages.length} findings under ${Object.keys(rules).length} rules`);
}
process.exit(failed ? 1 : 0);
