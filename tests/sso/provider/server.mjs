// A real OpenID Connect provider for tests. Prints its issuer once it listens.
//   node server.mjs '[{"client_id": …, "client_secret": …, "redirect_uris": […]}]'
// PUT /people/{subject} with claims makes or changes somebody who can sign in;
// POST /interaction/{uid}/login with a subject, in the address or as the page's form, signs in at
// the page that an authorization leads to, POST /interaction/{uid}/cancel goes back without.
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

const page = (path) => `<!doctype html><html lang="en"><title>Provider</title><h1>Who are you?</h1>
<form method="post">
<label>Account <input name="subject"></label>
<button formaction="${path}/login">Sign in</button>
<button formaction="${path}/cancel">Cancel</button>
</form></html>`;

const people = new Map();
const server = createServer();

server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: JSON.parse(process.argv[2]),
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name", "given_name", "family_name"],
      groups: ["groups"],
    },
    scopes: ["openid", "email", "profile", "groups"],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, subject) =>
      people.has(subject)
        ? { accountId: subject, claims: () => ({ sub: subject, ...people.get(subject) }) }
        : undefined,
    // Nobody is asked whether we may know what we ask for.
    loadExistingGrant: async (ctx) => {
      const { Grant } = ctx.oidc.provider;
      const grant = new Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope([...ctx.oidc.requestParamScopes].join(" "));
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();

  const text = async (request) => {
    let body = "";
    for await (const part of request) body += part;
    return body;
  };
  server.on("request", async (request, response) => {
    const url = new URL(request.url, issuer);
    const [, first, second, third] = url.pathname.split("/");
    if (request.method === "PUT" && first === "people") {
      people.set(second, JSON.parse(await text(request)));
      response.writeHead(204).end();
    } else if (request.method === "POST" && first === "interaction") {
      const form = new URLSearchParams(await text(request));
      const subject = url.searchParams.get("subject") ?? form.get("subject");
      const result =
        third === "login"
          ? { login: { accountId: subject } }
          : { error: "access_denied", error_description: "They <b>changed</b> their mind" };
      await provider.interactionFinished(request, response, result);
    } else if (first === "interaction") {
      response.setHeader("Content-Type", "text/html").end(page(url.pathname));
    } else {
      answer(request, response);
    }
  });
  console.log(issuer);
});
