import { Menu as HeadlessMenu, MenuButton, MenuItem, MenuItems, MenuSeparator } from "@headlessui/react"
import { Fragment, type ReactElement } from "react"
import { Icon, type IconName } from "./icons"

export interface MenuAction {
  label: string
  icon: IconName
  onSelect: () => void
  danger?: boolean
  checked?: boolean
  /** Draws a line above. */
  startsGroup?: boolean
}

interface MenuProps {
  /** A <button>; the menu gives it its role and state. */
  button: ReactElement
  actions: MenuAction[]
  anchor?: "bottom end" | "bottom start" | "top start"
}

export const popLook =
  "z-50 rounded-lg border border-line bg-raised p-1 shadow-pop outline-none transition duration-100 ease-out data-closed:scale-[0.98] data-closed:opacity-0 [--anchor-gap:4px] [--anchor-padding:8px]"

export const optionLook =
  "flex w-full cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 text-left text-sm text-ink select-none data-focus:bg-hover pointer-coarse:py-2.5"

export function Menu({ button, actions, anchor = "bottom end" }: MenuProps) {
  return (
    <HeadlessMenu>
      <MenuButton as={Fragment}>{button}</MenuButton>
      <MenuItems transition anchor={anchor} className={`${popLook} min-w-48`}>
        {actions.map(({ label, icon, onSelect, danger, checked, startsGroup }) => (
          <Fragment key={label}>
            {startsGroup && <MenuSeparator className="mx-1 my-1 h-px bg-line" />}
            <MenuItem>
              <button type="button" onClick={onSelect} className={`${optionLook} ${danger ? "text-danger-ink" : ""}`}>
                <Icon name={icon} className={`size-4 ${danger ? "" : "text-ink-faint"}`} />
                <span className="flex-1">{label}</span>
                {checked && (
                  <>
                    <Icon name="check" className="size-4 text-accent-ink" />
                    <span className="sr-only">(chosen)</span>
                  </>
                )}
              </button>
            </MenuItem>
          </Fragment>
        ))}
      </MenuItems>
    </HeadlessMenu>
  )
}
