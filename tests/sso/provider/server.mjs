// A real OpenID Connect provider for tests. Prints its issuer once it listens.
//   node server.mjs '[{"client_id": …, "client_secret": …, "redirect_uris": […]}]'
// PUT /people/{subject} with claims makes or changes somebody who can sign in;
// POST /interaction/{uid}/login?subject=… signs in at the page that an authorization leads to,
// POST /interaction/{uid}/cancel goes back without.
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

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

  server.on("request", async (request, response) => {
    const url = new URL(request.url, issuer);
    const [, first, second, third] = url.pathname.split("/");
    if (request.method === "PUT" && first === "people") {
      let body = "";
      for await (const part of request) body += part;
      people.set(second, JSON.parse(body));
      response.writeHead(204).end();
    } else if (request.method === "POST" && first === "interaction") {
      const result =
        third === "login"
          ? { login: { accountId: url.searchParams.get("subject") } }
          : { error: "access_denied", error_description: "They <b>changed</b> their mind" };
      await provider.interactionFinished(request, response, result);
    } else if (first === "interaction") {
      response.end("Who are you?");
    } else {
      answer(request, response);
    }
  });
  console.log(issuer);
});
