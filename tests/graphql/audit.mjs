// Runs the server audits of the npm package graphql-http and prints each as a line of JSON.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { serverAudits } = require("graphql-http");
const [url, authorization] = process.argv.slice(2);

function fetchFn(address, init = {}) {
  const headers = new Headers(init.headers);
  headers.set("Authorization", authorization);
  return fetch(address, { ...init, headers });
}

for (const audit of serverAudits({ url, fetchFn })) {
  const result = await audit.fn();
  const { id, name, status, reason } = result;
  console.log(JSON.stringify({ id, name, status, reason }));
}
