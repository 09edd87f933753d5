import { expect, test, vi } from "vitest"
import { askForPasskey, createPasskey, fromBase64url, hasPasskeys, toBase64url } from "./passkeys"

const bytes = (...values: number[]) => Uint8Array.from(values).buffer

/** A browser that has passkeys but knows nothing of JSON. */
function olderBrowser(asked: Partial<CredentialsContainer>) {
  class Attestation {
    clientDataJSON = bytes(1)
    attestationObject = bytes(255, 254)
    getTransports = () => ["internal"]
  }
  vi.stubGlobal("PublicKeyCredential", () => undefined)
  vi.stubGlobal("AuthenticatorAttestationResponse", Attestation)
  vi.stubGlobal("navigator", { credentials: asked })
  return { Attestation }
}
const credential = (response: unknown) => ({
  id: "AQID",
  type: "public-key",
  authenticatorAttachment: "platform",
  getClientExtensionResults: () => ({}),
  response,
})

test("bytes survive the way there and back, with - and _ and without =", () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  const text = toBase64url(all.buffer)
  expect(text).toMatch(/^[\w-]+$/)
  expect([...fromBase64url(text)]).toEqual([...all])
})

test("a browser without passkeys has none to offer", () => {
  expect(hasPasskeys()).toBe(false)
})

test("an older browser is given bytes and its answer becomes JSON: a new passkey", async () => {
  const create = vi.fn()
  const { Attestation } = olderBrowser({ create })
  create.mockResolvedValue(credential(new Attestation()))
  const options = {
    challenge: "_-8",
    rp: { name: "ProjectFlow" },
    user: { id: "AQI", name: "ada", displayName: "Ada" },
    pubKeyCredParams: [],
    excludeCredentials: [{ id: "Aw", type: "public-key" }],
  }
  const { data } = await createPasskey(options)
  const { publicKey } = create.mock.calls[0]![0] as { publicKey: PublicKeyCredentialCreationOptions }
  expect(publicKey.challenge).toEqual(Uint8Array.from([255, 239]))
  expect(publicKey.user.id).toEqual(Uint8Array.from([1, 2]))
  expect(publicKey.excludeCredentials?.[0]?.id).toEqual(Uint8Array.from([3]))
  expect(data).toMatchObject({ id: "AQID", rawId: "AQID", response: { clientDataJSON: "AQ", attestationObject: "__4", transports: ["internal"] } })
})

test("… and one that exists", async () => {
  const get = vi.fn().mockResolvedValue(
    credential({ clientDataJSON: bytes(1), authenticatorData: bytes(2), signature: bytes(3), userHandle: null }),
  )
  olderBrowser({ get })
  const { data } = await askForPasskey({ challenge: "AQ", allowCredentials: [{ id: "AQI", type: "public-key" }] })
  expect(data?.response).toEqual({ clientDataJSON: "AQ", authenticatorData: "Ag", signature: "Aw" })
})

test.each([
  ["NotAllowedError", /No passkey was given/],
  ["InvalidStateError", /already holds a passkey/],
  ["SecurityError", /do not work at this address/],
  ["SomethingNew", /could not use a passkey/],
])("%s is said in words", async (name, words) => {
  olderBrowser({ get: () => Promise.reject(new DOMException("", name)) })
  const { error } = await askForPasskey({ challenge: "AQ" })
  expect(error?.detail).toMatch(words)
})
