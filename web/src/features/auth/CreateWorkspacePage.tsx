import { useState, type SubmitEvent } from "react"
import { Link, Navigate } from "react-router"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import { passwordStrength } from "@/lib/passwordStrength"
import { SLUG, suggestSlug } from "@/lib/slug"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { NewPasswordField } from "@/ui/NewPasswordField"
import { ErrorNotice } from "@/ui/states"
import { useCreateWorkspaceMutation } from "./api"
import { AuthLayout, footerLink } from "./AuthLayout"
import { useAfterSignIn } from "./useAfterSignIn"

const nothing = { name: "", slug: "", first_name: "", last_name: "", email: "", password: "" }

export function CreateWorkspacePage() {
  useDocumentTitle("Create a workspace")
  const [form, setForm] = useState(nothing)
  const [ownSlug, setOwnSlug] = useState(false)
  const [tried, setTried] = useState(false)
  const [create, { isLoading, error }] = useCreateWorkspaceMutation()
  const goTo = useAfterSignIn()
  if (goTo) return <Navigate to={goTo} replace />

  const slug = ownSlug ? form.slug : suggestSlug(form.name)
  const set = (field: keyof typeof nothing) => (event: { target: { value: string } }) =>
    setForm({ ...form, [field]: event.target.value })
  const slugError = tried && !SLUG.test(slug) ? "3 to 50 characters: small letters, digits and dashes." : undefined

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setTried(true)
    if (!SLUG.test(slug) || passwordStrength(form.password).level === 0) return
    const { name, first_name, last_name, email, password } = form
    const owner = { email: email.trim(), password, first_name: first_name.trim(), last_name: last_name.trim() }
    void create({ slug, name: name.trim(), owner })
  }

  // What a field can say, it says; the notice is for the rest.
  const shownAtField = isProblem(error) && error.errors.length > 0

  return (
    <AuthLayout
      title="Create your workspace"
      text="A home for your team’s projects. You can invite people later."
      footer={
        <>
          Already have one?{" "}
          <Link to="/sign-in" className={footerLink}>
            Sign in
          </Link>
        </>
      }
    >
      <form onSubmit={submit} className="space-y-4">
        {error && !shownAtField && <ErrorNotice error={error} />}
        <Field
          label="Workspace name"
          placeholder="Acme Robotics"
          value={form.name}
          onChange={set("name")}
          autoComplete="organization"
          maxLength={100}
          required
          error={fieldProblem(error, "name")}
        />
        <Field
          label="Workspace address"
          prefix="/w/"
          value={slug}
          onChange={(event) => {
            setOwnSlug(event.target.value !== "")
            setForm({ ...form, slug: event.target.value.toLowerCase() })
          }}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          required
          error={slugError ?? fieldProblem(error, "slug")}
          hint="Where your team signs in. It can’t be changed later."
        />
        <div className="grid grid-cols-1 gap-4 min-[420px]:grid-cols-2">
          <Field label="First name" value={form.first_name} onChange={set("first_name")} autoComplete="given-name" maxLength={80} required error={fieldProblem(error, "first_name")} />
          <Field label="Last name" value={form.last_name} onChange={set("last_name")} autoComplete="family-name" maxLength={80} required error={fieldProblem(error, "last_name")} />
        </div>
        <Field label="Email" type="email" value={form.email} onChange={set("email")} autoComplete="username" required error={fieldProblem(error, "email")} />
        <NewPasswordField
          label="Password"
          value={form.password}
          onChange={(password) => setForm({ ...form, password })}
          tried={tried}
          error={fieldProblem(error, "password")}
        />
        <Button type="submit" variant="primary" size="lg" className="w-full" busy={isLoading}>
          Create workspace
        </Button>
      </form>
    </AuthLayout>
  )
}
