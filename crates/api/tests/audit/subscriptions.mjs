// Checks the subscriptions of a running API with other people's clients: node subscriptions.mjs URL
//  1. graphql-ws subscribes, queries and is refused;
//  2. a bare WebSocket gets each close code of graphql-transport-ws.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const url = process.argv[2].replace(/^http/, "ws");
let failed = false;
let checks = 0;
const check = (name, isRight, found) => {
  checks += 1;
  if (!isRight) {
    failed = true;
    console.error(`FAILED ${name}: ${JSON.stringify(found)}`);
  }
};

/** The first result of an operation, the errors with which it is refused, or the code that closes the connection. */
async function first(client, query) {
  const results = client.iterate({ query });
  try {
    for await (const result of results) return result;
    return { ended: true };
  } catch (error) {
    return Array.isArray(error) ? { refused: error } : { closed: error.code };
  }
}

const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
const cycles = await first(client, "{ cycles { code } }");
const code = cycles.data?.cycles?.[0]?.code;
check("a query", typeof code === "string", cycles);
const watched = await first(client, `subscription { cycle(id: ${JSON.stringify(code)}) { code bodyCount } }`);
check("a subscription", watched.data?.cycle?.code === code, watched);
const refused = await first(client, "subscription { nope }");
check("a mistake", refused.refused?.[0]?.extensions?.code === "GRAPHQL_VALIDATION_FAILED", refused);
await client.dispose();

const forbidden = createClient({
  url,
  webSocketImpl: WebSocket,
  retryAttempts: 0,
  connectionParams: { Authorization: "Bearer nobody" },
});
const answer = await first(forbidden, "{ cycles { code } }");
check("a refused token", answer.closed === 4403, answer);

/** The code with which the server closes a connection, once it has read some messages. */
function closeCode(protocol, messages) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, protocol);
    socket.on("open", () => messages.forEach((message) => socket.send(message)));
    socket.on("close", (code, reason) => resolve([code, reason.length]));
    socket.on("error", (error) => resolve([error.message, 0]));
  });
}

const json = (...messages) => messages.map((message) => JSON.stringify(message));
const init = { type: "connection_init" };
const ours = "graphql-transport-ws";
const open = { id: "1", type: "subscribe", payload: { query: `subscription { cycle(id: ${JSON.stringify(code)}) { code } }` } };
for (const [name, expected, protocol, messages] of [
  ["no initialisation", 4408, ours, []],
  ["an operation before the acknowledgement", 4401, ours, json(open)],
  ["a second initialisation", 4429, ours, json(init, init)],
  ["not JSON", 4400, ours, ["nonsense"]],
  ["an unknown message", 4400, ours, json(init, { type: "x".repeat(300) })],
  ["an identifier twice", 4409, ours, json(init, open, open)],
  ["another sub-protocol", 4406, "graphql-ws", []],
]) {
  const [found, length] = await closeCode(protocol, messages);
  check(name, found === expected && length <= 123, found);
}

console.log(`subscriptions: ${checks} checks${failed ? "" : ", all right"}`);
process.exit(failed ? 1 : 0);
