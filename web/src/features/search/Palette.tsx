import { Dialog, DialogBackdrop, DialogPanel } from "@headlessui/react"
import { Fragment, useEffect, useRef, useState, type KeyboardEvent } from "react"
import { Icon } from "@/ui/icons"
import { Kbd } from "@/ui/Kbd"
import { Keycaps } from "@/ui/Keycaps"
import { Spinner } from "@/ui/Spinner"
import { usePaletteItems, type PaletteItem, type PaletteLinks } from "./usePaletteItems"

interface PaletteProps {
  open: boolean
  onClose: () => void
  links: PaletteLinks
}

export function Palette({ open, onClose, links }: PaletteProps) {
  return (
    <PaletteFrame open={open} onClose={onClose} label="Search and commands">
      <PaletteBody onClose={onClose} links={links} />
    </PaletteFrame>
  )
}

interface PaletteFrameProps {
  open: boolean
  onClose: () => void
  label: string
  children: React.ReactNode
}

export function PaletteFrame({ open, onClose, label, children }: PaletteFrameProps) {
  return (
    <Dialog open={open} onClose={onClose} aria-label={label} className="relative z-50">
      <DialogBackdrop transition className="fixed inset-0 bg-scrim transition-opacity duration-100 data-closed:opacity-0" />
      <div className="fixed inset-0 flex items-start justify-center p-3 pt-[8vh] sm:pt-[14vh]">
        <DialogPanel
          transition
          className="flex max-h-[70vh] w-full max-w-xl flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-lift transition duration-100 ease-out data-closed:scale-[0.99] data-closed:opacity-0"
        >
          {children}
        </DialogPanel>
      </div>
    </Dialog>
  )
}

function PaletteBody({ onClose, links }: Omit<PaletteProps, "open">) {
  const [typed, setTyped] = useState("")
  const { items, isSearching } = usePaletteItems(typed, links)
  return (
    <PaletteList
      label="Search, or type a command"
      typed={typed}
      onType={setTyped}
      items={items}
      isBusy={isSearching}
      onClose={onClose}
    />
  )
}

interface PaletteListProps {
  label: string
  typed: string
  onType: (typed: string) => void
  items: PaletteItem[]
  isBusy?: boolean
  onClose: () => void
}

/** A field and what it offers. The focus stays in the field; the arrows say which one Enter takes. */
export function PaletteList({ label, typed, onType, items: inAnyOrder, isBusy = false, onClose }: PaletteListProps) {
  const groups = groupsOf(inAnyOrder)
  const items = groups.flatMap(([, members]) => members)
  const [chosen, setChosen] = useState<string | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const at = Math.max(0, items.findIndex(({ id }) => id === chosen))
  const active = items[at]

  useEffect(() => {
    list.current?.querySelector("[aria-selected='true']")?.scrollIntoView({ block: "nearest" })
  }, [active?.id])

  const take = (item: PaletteItem | undefined) => {
    if (!item) return
    onClose()
    // Once the dialog is gone, so that what it does may take the focus.
    setTimeout(item.run, 0)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && items.length > 0) setChosen(items[(at + step + items.length) % items.length]?.id ?? null)
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) take(active)
    else if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey)) onClose()
    else return
    event.preventDefault()
  }

  return (
    <>
      <div className="flex items-center gap-2.5 border-b border-line px-4">
        {isBusy ? <Spinner /> : <Icon name="search" className="size-4 text-ink-faint" />}
        <input
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls="palette-list"
          aria-autocomplete="list"
          aria-activedescendant={active ? `palette-${active.id}` : undefined}
          data-autofocus
          placeholder={`${label}…`}
          value={typed}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            onType(event.target.value)
            setChosen(null)
          }}
          onKeyDown={onKeyDown}
          className="h-12 min-w-0 flex-1 bg-transparent text-base text-ink outline-none! placeholder:text-ink-faint"
        />
        <Kbd>Esc</Kbd>
      </div>
      <div ref={list} id="palette-list" role="listbox" aria-label="Results" className="min-h-0 flex-1 overflow-y-auto scroll-thin p-1.5">
        {groups.map(([group, members]) => (
          <div key={group} role="group" aria-label={group} className="mb-1">
            <p aria-hidden="true" className="px-2.5 pt-1.5 pb-1 text-xs font-medium text-ink-faint">
              {group}
            </p>
            {members.map((item) => (
              <Option key={item.id} item={item} isActive={item === active} onTake={() => take(item)} onPoint={() => setChosen(item.id)} />
            ))}
          </div>
        ))}
      </div>
      <p role="status" className="border-t border-line px-4 py-2 text-xs text-ink-faint">
        {items.length === 0 ? "Nothing fits." : <Fragment><Kbd>↑</Kbd> <Kbd>↓</Kbd> to choose, <Kbd>Enter</Kbd> to take</Fragment>}
      </p>
    </>
  )
}

interface OptionProps {
  item: PaletteItem
  isActive: boolean
  onTake: () => void
  onPoint: () => void
}

function Option({ item, isActive, onTake, onPoint }: OptionProps) {
  return (
    // The focus stays in the field, which hears the keys.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={`palette-${item.id}`}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      onMouseMove={() => !isActive && onPoint()}
      onClick={onTake}
      className="flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-2 text-sm text-ink aria-selected:bg-hover pointer-coarse:py-3"
    >
      {item.icon}
      <span className="min-w-0 flex-1 truncate">{item.label}</span>
      {item.hint && <span className="shrink-0 text-xs text-ink-faint tabular-nums">{item.hint}</span>}
      {item.keys && <Keycaps keys={item.keys} />}
    </div>
  )
}

/** In the order that they come in; a group stands where its first one does. */
function groupsOf(items: PaletteItem[]): [group: string, members: PaletteItem[]][] {
  const groups = new Map<string, PaletteItem[]>()
  for (const item of items) groups.set(item.group, [...(groups.get(item.group) ?? []), item])
  return [...groups]
}
