/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url"
import tailwindcss from "@tailwindcss/vite"
import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"
import { docsAssets } from "./build/docs-assets.ts"
import { offline } from "./build/offline.ts"

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const backend = process.env.PROJECTFLOW_BACKEND ?? "http://127.0.0.1:8400"

export default defineConfig({
  plugins: [react(), tailwindcss(), docsAssets(), offline()],
  resolve: { alias: { "@": here("./src") } },
  build: {
    // The Python package serves this folder, so a wheel carries the built app.
    outDir: here("../src/projectflow/webapp"),
    emptyOutDir: true,
    target: "es2022",
  },
  server: {
    port: 5173,
    proxy: { "/api": backend, "/schema": backend, "/health": backend, "/avatars": backend, "/files": backend, "/graphql": { target: backend, ws: true } },
  },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost:3000/" } },
    setupFiles: ["./src/testing/setup.ts"],
    css: false,
    // How slow a machine is says nothing about the code.
    testTimeout: 30_000,
    restoreMocks: true,
    clearMocks: true,
    unstubGlobals: true,
  },
})
