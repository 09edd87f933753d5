import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import type { Plugin } from "vite"

const SHELL = ["/", "/theme.js", "/favicon.svg", "/manifest.webmanifest", "/icons/192.png"]

/** Writes the service worker that keeps the app for when there is no network. */
export function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    async generateBundle(_, bundle) {
      const assets = Object.keys(bundle)
        .filter((name) => name.startsWith("assets/"))
        .map((name) => `/${name}`)
        .sort()
      const source = await readFile(fileURLToPath(new URL("service-worker.js", import.meta.url)), "utf8")
      const files = JSON.stringify([...SHELL, ...assets])
      const version = createHash("sha256").update(files).update(source).digest("hex").slice(0, 12)
      this.emitFile({
        type: "asset",
        fileName: "sw.js",
        source: source.replace("__VERSION__", version).replace('["__FILES__"]', files),
      })
    },
  }
}
