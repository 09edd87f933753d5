// Subscribes with the npm client graphql-ws; prints what comes, and goes on until killed.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { createClient } = require("graphql-ws");
const [url, authorization] = process.argv.slice(2);

let last = null;
const say = (what) => console.log(JSON.stringify(what));
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: authorization },
  retryAttempts: 1000,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 200)),
  shouldRetry: () => true,
  on: {
    connected: () => say({ connected: true }),
    closed: ({ code }) => say({ closed: code }),
  },
});
const query = "subscription ($after: Int) { workspaceEvents(after: $after) { seq type entityId } }";
const variables = {
  // Each time that the client subscribes anew it says what it knows by then.
  get after() {
    return last;
  },
};
for await (const { data, errors } of client.iterate({ query, variables })) {
  if (errors) say({ errors });
  else {
    last = data.workspaceEvents.seq;
    say({ event: data.workspaceEvents });
  }
}
