import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import type { Plugin } from "vite"

const require = createRequire(import.meta.url)
const PIXEL =
  "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="

/**
 * Ships the API reference viewer with the app, so that /schema works without the internet.
 * The one picture Redoc would fetch from its vendor's CDN becomes a transparent pixel.
 */
export function docsAssets(): Plugin {
  return {
    name: "docs-assets",
    apply: "build",
    async generateBundle() {
      const bundle = require.resolve("redoc/bundles/redoc.standalone.js")
      const source = await readFile(bundle, "utf8")
      const offline = source.replaceAll(/https:\/\/cdn\.redoc\.ly\/[\w./-]+/g, PIXEL)
      if (offline === source) {
        this.error("redoc changed: look for what it loads from other hosts, then mend this plugin")
      }
      this.emitFile({ type: "asset", fileName: "docs-assets/redoc.standalone.js", source: offline })
      this.emitFile({
        type: "asset",
        fileName: "docs-assets/redoc.standalone.js.LICENSE.txt",
        source: await readFile(`${bundle}.LICENSE.txt`, "utf8"),
      })
    },
  }
}
