import { render, screen } from "@testing-library/react"
import { expect, test } from "vitest"
import { Markdown } from "./Markdown"

const show = (text: string) => render(<Markdown text={text} />).container

test.each([
  ["a script", "before <script>alert(1)</script> after"],
  ["an image with a handler", "<img src=x onerror=alert(1)>"],
  ["a frame", '<iframe src="https://evil.example"></iframe>'],
  ["a style", "<style>body{display:none}</style>"],
])("%s is no element", (_, text) => {
  const { innerHTML } = show(text)
  expect(innerHTML).not.toMatch(/<(script|img|iframe|style)/i)
  expect(innerHTML).not.toContain("onerror")
})

test.each(["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x"])(
  "a link to %s goes nowhere",
  (href) => {
    const link = show(`[click](${href})`).querySelector("a")
    expect(link?.getAttribute("href") ?? "").toBe("")
  },
)

test("an image can only come from where images come from", () => {
  expect(show("![x](javascript:alert(1))").querySelector("img")?.getAttribute("src") ?? "").toBe("")
  expect(show("![x](https://example.org/a.png)").querySelector("img")).toHaveAttribute("src", "https://example.org/a.png")
})

test("what people write does work: links, tables, task lists, code", () => {
  show("[docs](https://example.org) `code`\n\n| a |\n| - |\n| b |\n\n- [x] done")
  expect(screen.getByRole("link", { name: "docs" })).toHaveAttribute("rel", "noopener noreferrer nofollow")
  expect(screen.getByRole("cell", { name: "b" })).toBeInTheDocument()
  expect(screen.getByRole("checkbox")).toBeChecked()
  expect(screen.getByText("code").tagName).toBe("CODE")
})
