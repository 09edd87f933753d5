import type { Problem } from "./api/problem"

/** Passkeys, by the browser's own API. https://www.w3.org/TR/webauthn-3/ */

export type CreationOptions = PublicKeyCredentialCreationOptionsJSON
export type RequestOptions = PublicKeyCredentialRequestOptionsJSON
/** What the server verifies; only it looks inside. */
export type CredentialJson = Record<string, unknown>
type PasskeyAnswer = { data: CredentialJson; error?: never } | { error: Problem; data?: never }

/** False on plain http too: a browser then has no passkeys. */
export function hasPasskeys(): boolean {
  return "PublicKeyCredential" in window
}

/** Asks the person for a new passkey. */
export function createPasskey(options: CreationOptions): Promise<PasskeyAnswer> {
  return inWords(() => navigator.credentials.create({ publicKey: creationOptions(options) }))
}

/** Asks the person for one of their passkeys. */
export function askForPasskey(options: RequestOptions): Promise<PasskeyAnswer> {
  return inWords(() => navigator.credentials.get({ publicKey: requestOptions(options) }))
}

const IN_WORDS: Record<string, string> = {
  NotAllowedError: "No passkey was given. Try again, or use another way.",
  AbortError: "No passkey was given. Try again, or use another way.",
  InvalidStateError: "This device already holds a passkey of yours for this workspace.",
  NotSupportedError: "This device can’t make such a passkey.",
  SecurityError: "Passkeys do not work at this address. Open ProjectFlow at the address its operator set up.",
}
const UNKNOWN = "Your browser could not use a passkey. Try again, or use another way."

async function inWords(ask: () => Promise<Credential | null>): Promise<PasskeyAnswer> {
  try {
    return { data: toJson(await ask()) }
  } catch (error) {
    const detail = IN_WORDS[error instanceof DOMException ? error.name : ""] ?? UNKNOWN
    return { error: { status: "browser", slug: "no-passkey", detail, errors: [] } }
  }
}

// Browsers older than 2025 make credentials, but know nothing of JSON.
function creationOptions(json: CreationOptions): PublicKeyCredentialCreationOptions {
  if (knows("parseCreationOptionsFromJSON")) return PublicKeyCredential.parseCreationOptionsFromJSON(json)
  return {
    ...json,
    challenge: fromBase64url(json.challenge),
    user: { ...json.user, id: fromBase64url(json.user.id) },
    excludeCredentials: descriptors(json.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions
}

function requestOptions(json: RequestOptions): PublicKeyCredentialRequestOptions {
  if (knows("parseRequestOptionsFromJSON")) return PublicKeyCredential.parseRequestOptionsFromJSON(json)
  return {
    ...json,
    challenge: fromBase64url(json.challenge),
    allowCredentials: descriptors(json.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions
}

function toJson(credential: Credential | null): CredentialJson {
  if (!credential) throw new DOMException("The browser gave no credential", "NotAllowedError")
  const made = credential as Omit<PublicKeyCredential, "toJSON"> & { toJSON?: () => CredentialJson }
  if (made.toJSON) return made.toJSON()
  return {
    id: made.id,
    rawId: made.id,
    type: made.type,
    authenticatorAttachment: made.authenticatorAttachment,
    clientExtensionResults: made.getClientExtensionResults(),
    response: responseJson(made.response),
  }
}

function responseJson(response: AuthenticatorResponse): CredentialJson {
  const clientDataJSON = toBase64url(response.clientDataJSON)
  if (response instanceof AuthenticatorAttestationResponse) {
    return { clientDataJSON, attestationObject: toBase64url(response.attestationObject), transports: response.getTransports() }
  }
  const { authenticatorData, signature, userHandle } = response as AuthenticatorAssertionResponse
  return {
    clientDataJSON,
    authenticatorData: toBase64url(authenticatorData),
    signature: toBase64url(signature),
    ...(userHandle && { userHandle: toBase64url(userHandle) }),
  }
}

function descriptors(list: PublicKeyCredentialDescriptorJSON[] | undefined) {
  return list?.map((one) => ({ ...one, id: fromBase64url(one.id) })) ?? []
}

function knows(name: "parseCreationOptionsFromJSON" | "parseRequestOptionsFromJSON"): boolean {
  return name in PublicKeyCredential
}

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0))
}

export function toBase64url(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}
