import { Tab, TabGroup, TabList, TabPanel, TabPanels } from "@headlessui/react"
import { useCallback } from "react"
import { inputLook } from "./Field"
import { Markdown } from "./Markdown"

interface MarkdownEditorProps {
  label: string
  value: string
  onChange: (value: string) => void
  placeholder?: string
  rows?: number
  /** For an editor that opens because somebody asked to write. */
  focused?: boolean
}

const tabLook =
  "rounded-md px-2 py-1 text-xs font-medium text-ink-faint transition-colors hover:text-ink data-selected:bg-hover data-selected:text-ink pointer-coarse:py-2"

export function MarkdownEditor({ label, value, onChange, placeholder, rows = 4, focused = false }: MarkdownEditorProps) {
  const focusAtEnd = useCallback(
    (field: HTMLTextAreaElement | null) => {
      if (!field || !focused) return
      field.focus()
      field.setSelectionRange(field.value.length, field.value.length)
    },
    [focused],
  )

  return (
    <TabGroup>
      <TabList className="mb-1.5 flex gap-1">
        <Tab className={tabLook}>Write</Tab>
        <Tab className={tabLook}>Preview</Tab>
      </TabList>
      <TabPanels>
        <TabPanel tabIndex={-1}>
          <textarea
            ref={focusAtEnd}
            aria-label={label}
            value={value}
            rows={rows}
            placeholder={placeholder ?? "Markdown works here."}
            onChange={(event) => onChange(event.target.value)}
            className={`${inputLook} block max-h-[60vh] field-sizing-content resize-y py-2 text-base`}
            style={{ minHeight: `${rows * 1.375 + 1.125}rem` }}
          />
        </TabPanel>
        <TabPanel className="rounded-md border border-line px-2.5 py-2 text-base" style={{ minHeight: `${rows * 1.375 + 1.125}rem` }}>
          {value.trim() ? <Markdown text={value} /> : <p className="text-ink-faint">Nothing to preview.</p>}
        </TabPanel>
      </TabPanels>
    </TabGroup>
  )
}
