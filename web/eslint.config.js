import { readdirSync } from "node:fs"
import js from "@eslint/js"
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript"
import importX from "eslint-plugin-import-x"
import jsxA11y from "eslint-plugin-jsx-a11y"
import reactHooks from "eslint-plugin-react-hooks"
import globals from "globals"
import tseslint from "typescript-eslint"

const features = readdirSync(new URL("./src/features", import.meta.url))

// Imports point down: app → features → ui → lib. A feature never reaches into another: app/ puts them together.
const zones = [
  ...features.map((feature) => ({
    target: `./src/features/${feature}`,
    from: "./src/features",
    except: [`./${feature}`],
    message: "Features do not import each other: compose them in app/, or pass it in.",
  })),
  { target: "./src/features", from: "./src/app", message: "A feature does not know the app." },
  { target: "./src/ui", from: ["./src/app", "./src/features"], message: "ui/ knows no feature." },
  {
    target: "./src/lib",
    from: ["./src/app", "./src/features", "./src/ui"],
    message: "lib/ is the bottom: it imports nothing of ours.",
  },
]

const namesWithoutMeaning = ["utils", "common", "helpers", "manager"]

export default tseslint.config(
  { ignores: ["node_modules", "coverage", "src/lib/api/schema.d.ts"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
      reactHooks.configs.flat["recommended-latest"],
      jsxA11y.flatConfigs.strict,
    ],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
      "@typescript-eslint/no-invalid-void-type": "off", // RTK Query says `void` for "no argument"
    },
  },
  {
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [createTypeScriptImportResolver({ project: "./tsconfig.json" })],
    },
    rules: {
      "max-lines": ["error", 250],
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones }],
      "no-restricted-imports": [
        "error",
        {
          patterns: namesWithoutMeaning.map((name) => ({
            group: [`**/${name}`, `**/${name}/**`],
            message: "Name the file after what is in it.",
          })),
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "ExportAllDeclaration, ExportNamedDeclaration[source]",
          message: "No barrel files: import from the file that has it.",
        },
        {
          selector: "JSXAttribute[name.name='className'] Literal[value=/#[0-9a-f]{3,8}|\\b(bg|text|border)-(white|black)\\b/]",
          message: "Use a colour token (app/styles/tokens.css).",
        },
      ],
    },
  },
  {
    files: ["**/*.test.{ts,tsx}", "src/testing/**"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    files: ["**/*.{js,mjs}"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
)
