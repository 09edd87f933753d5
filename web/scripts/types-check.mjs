// Fails when src/lib/api/schema.d.ts is not what openapi.json generates.
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const folder = mkdtempSync(join(tmpdir(), "projectflow-types-"))
const fresh = join(folder, "schema.d.ts")
try {
  execFileSync("npx", ["openapi-typescript", "openapi.json", "-o", fresh], { stdio: "pipe" })
  if (readFileSync(fresh, "utf8") !== readFileSync("src/lib/api/schema.d.ts", "utf8")) {
    console.error("schema.d.ts is out of date: run `npm run types` and commit the result.")
    process.exitCode = 1
  } else {
    console.log("schema.d.ts matches openapi.json")
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
