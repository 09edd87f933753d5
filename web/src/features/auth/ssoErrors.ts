const SENTENCES: Record<string, string> = {
  cancelled: "You came back before you had signed in there. Try again whenever you like.",
  expired: "Signing in took too long. Start again.",
  not_allowed: "Nobody in this workspace has the account you signed in with. Ask an admin to invite you.",
  wrong_domain: "This workspace does not take e-mail addresses of that domain. Sign in with your account at work.",
  deactivated: "Your account in this workspace is deactivated. Ask an admin to activate it.",
  provider: "The identity provider did not answer as it should. Try again; if it stays so, tell an owner of the workspace.",
}

/** Why the way through the identity provider led back here, in a sentence; null when it did not. */
export function ssoSentence(code: string | null): string | null {
  if (code === null) return null
  return SENTENCES[code] ?? "Signing in through your identity provider did not work. Try again."
}

/** Where the server sends somebody on to the provider. It is a page's address, not a call. */
export function ssoAddress(slug: string, next: string): string {
  const home = `/w/${slug}/`
  const returnTo = next.startsWith(home) ? next : `${home}projects`
  return `/api/v1/auth/sso/${encodeURIComponent(slug)}/start?${new URLSearchParams({ return_to: returnTo })}`
}
