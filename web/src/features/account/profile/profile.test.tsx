import { fireEvent, screen, waitFor } from "@testing-library/react"
import { expect, test } from "vitest"
import { makeUser } from "@/testing/factories"
import { problem } from "@/testing/network"
import { show } from "@/testing/show"
import { Avatar } from "@/ui/Avatar"
import { AvatarField } from "./AvatarField"
import { nameOf } from "./locales"
import { ProfileForm } from "./ProfileForm"
import { parseHours, sumHours } from "./workingHours"

test.each([
  ["7.5", "7.5"],
  ["7,5", "7.5"],
  [" 08 ", "8"],
  ["", "0"],
  ["24", "24"],
  ["24.01", null],
  ["-1", null],
  ["eight", null],
  ["7.125", null],
])("%j hours are %j", (typed, hours) => {
  expect(parseHours(typed)).toBe(hours)
})

test("a week adds up to the hundredth, and languages are called what their speakers call them", () => {
  expect(sumHours(["0.1", "0.2", "7.7", "8", "8", "", ""])).toBe(24)
  expect(nameOf("de")).toBe("Deutsch")
  expect(nameOf("not a locale")).toBe("not a locale")
})

test("hours and language are sent when they were changed; nonsense is not", async () => {
  const ada = makeUser()
  const { calls, user } = show(<ProfileForm user={ada} />, {
    as: ada,
    routes: { "PATCH /me": ({ body }) => ({ body: { ...ada, ...(body as object) } }) },
  })
  const friday = screen.getByLabelText("Friday")
  await user.clear(friday)
  await user.type(friday, "x")
  expect(screen.getByText(/Friday: a number of hours/)).toBeInTheDocument()
  expect(screen.getByRole("button", { name: "Save profile" })).toBeDisabled()
  await user.clear(friday)
  await user.type(friday, "4,5")
  expect(screen.getByText(/36.5 hours a week/)).toBeInTheDocument()
  await user.click(screen.getByRole("button", { name: "Language and region: English" }))
  await user.click(await screen.findByRole("option", { name: "Deutsch" }))
  await user.click(screen.getByRole("button", { name: "Save profile" }))
  await waitFor(() => expect(calls[0]?.body).toEqual({ locale: "de", working_hours: ["8", "8", "8", "8", "4.5", "0", "0"] }))
})

const png = new File(["picture"], "me.png", { type: "image/png" })

test("a picture is looked at before it is kept, and everybody’s pages then show it", async () => {
  const ada = makeUser()
  const { calls, store, user } = show(<AvatarField user={ada} />, {
    as: ada,
    routes: { "PUT /me/avatar": () => ({ body: { ...ada, avatar_url: "/avatars/t/a.webp" } }) },
  })
  await user.upload(screen.getByLabelText("Picture file"), png)
  expect(await screen.findByAltText(/Preview/)).toHaveAttribute("src", expect.stringMatching(/^data:image\/png/))
  expect(calls).toEqual([])
  await user.click(screen.getByRole("button", { name: "Save picture" }))
  await waitFor(() => expect(store.getState().session.user?.avatar_url).toBe("/avatars/t/a.webp"))
  expect(calls[0]).toMatchObject({ method: "PUT", path: "/me/avatar" })
})

test("what is no picture is refused before it is sent; what the server refuses is said", async () => {
  const ada = makeUser()
  const { calls, user } = show(<AvatarField user={ada} />, {
    as: ada,
    routes: { "PUT /me/avatar": () => problem(422, "not-a-picture", { detail: "This is no picture." }) },
  })
  fireEvent.drop(screen.getByRole("group", { name: "Picture" }), { dataTransfer: { files: [new File(["x"], "x.svg", { type: "image/svg+xml" })] } })
  expect(await screen.findByRole("alert")).toHaveTextContent(/PNG, JPEG, WebP or GIF/)
  expect(calls).toEqual([])
  await user.upload(screen.getByLabelText("Picture file"), png)
  await user.click(await screen.findByRole("button", { name: "Save picture" }))
  expect(await screen.findByText("This is no picture.")).toBeInTheDocument()
})

test("removing a picture asks first", async () => {
  const ada = makeUser({ avatar_url: "/avatars/t/a.webp" })
  const { calls, store, user } = show(<AvatarField user={ada} />, {
    as: ada,
    routes: { "DELETE /me/avatar": () => ({ body: { ...ada, avatar_url: null } }) },
  })
  await user.click(screen.getByRole("button", { name: "Remove picture" }))
  expect(calls).toEqual([])
  await user.click(await screen.findByRole("button", { name: "Remove" }))
  await waitFor(() => expect(store.getState().session.user?.avatar_url).toBeNull())
})

test("a picture that can’t be had leaves the initials", () => {
  show(<Avatar person={makeUser({ avatar_url: "/avatars/t/gone.webp" })} />, { routes: {} })
  fireEvent.error(document.querySelector("img")!)
  expect(document.querySelector("[data-initials=AL]")).toBeInTheDocument()
})
