import js from "@eslint/js"
import jsxA11y from "eslint-plugin-jsx-a11y"
import reactHooks from "eslint-plugin-react-hooks"
import globals from "globals"
import tseslint from "typescript-eslint"

const named = {
  regex: "(^|/)(utils|common|helpers|manager)(/|$)",
  message: "Name the file after what is in it.",
}
const upwards = "Imports point down: app → features → ui → lib. Compose in app/, or pass it in."

/** What files in one layer must not import, beside names without meaning. */
function border(files, ...regexes) {
  const patterns = [named, ...regexes.map((regex) => ({ regex, message: upwards }))]
  return { files, rules: { "no-restricted-imports": ["error", { patterns }] } }
}

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
    rules: {
      "max-lines": ["error", 250],
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
  border(["src/app/**"]),
  // A feature says "./x" (from its subfolders "../x") to itself, and has no way to say another feature's name.
  border(["src/features/*/*"], "^@/(features|app)(/|$)", "^\\.\\./"),
  border(["src/features/*/*/*"], "^@/(features|app)(/|$)", "^\\.\\./\\.\\./"),
  border(["src/ui/**"], "^@/(features|app)(/|$)", "^\\.\\./"),
  border(["src/lib/*"], "^@/(features|app|ui)(/|$)", "^\\.\\./"),
  border(["src/lib/*/*"], "^@/(features|app|ui)(/|$)", "^\\.\\./\\.\\./"),
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
