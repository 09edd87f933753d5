import { type SubmitEvent } from "react"
import { isProblem } from "@/lib/api/problem"
import type { DefaultRole, IdentityProvider } from "@/lib/api/types"
import { roleLooks } from "@/lib/roles"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { useEdited } from "@/lib/useEdited"
import { Button } from "@/ui/Button"
import { CopyField } from "@/ui/CopyField"
import { Field } from "@/ui/Field"
import { SelectField } from "@/ui/SelectField"
import { ErrorNotice } from "@/ui/states"
import { Switch } from "@/ui/Switch"
import { useSaveIdentityProviderMutation } from "./api"
import { DeleteProvider } from "./DeleteProvider"
import { GroupRoles } from "./GroupRoles"
import { doubleGroup, problemIn, toFields, toForm, type ProviderForm } from "./providerForm"

const DEFAULT_ROLES: readonly DefaultRole[] = ["manager", "member", "viewer"]

/** Where the provider sends people back to; asked for there before anything is saved here. */
function redirectUri(provider: IdentityProvider | null): string {
  return provider?.redirect_uri ?? `${window.location.origin}/api/v1/auth/sso/callback`
}

export function IdentityProviderForm({ provider }: { provider: IdentityProvider | null }) {
  const dispatch = useAppDispatch()
  const [form, setForm] = useEdited(provider, toForm)
  const [save, { isLoading, error }] = useSaveIdentityProviderMutation()
  const double = doubleGroup(form.groups)

  const set = (change: Partial<ProviderForm>) => setForm({ ...form, ...change })
  const field = (name: "name" | "issuer" | "client_id" | "client_secret" | "scopes" | "group_claim" | "email_domains") => ({
    value: form[name],
    onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }),
    error: problemIn(error, name),
    autoComplete: "off",
    spellCheck: false,
  })
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (double) return
    const { data } = await save(toFields(form, provider?.version))
    if (data) dispatch(showToast(`People can sign in through ${data.name}`))
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <CopyField
        label="Redirect address"
        value={redirectUri(provider)}
        done="Copied the redirect address"
        hint="Register it at the provider as the address that people come back to."
      />
      <Field label="Name" placeholder="Okta" maxLength={100} required hint="Stands on the button of the sign-in page." {...field("name")} />
      <Field
        label="Issuer"
        type="url"
        placeholder="https://login.example.com"
        maxLength={500}
        required
        hint="Without /.well-known/openid-configuration. It is read when you save."
        {...field("issuer")}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Client ID" maxLength={255} required {...field("client_id")} />
        <Field
          label="Client secret"
          type="password"
          maxLength={1000}
          required={!provider}
          placeholder={provider ? "••••••••" : undefined}
          hint={provider ? "Empty keeps the one that is stored." : "Is stored encrypted and never shown again."}
          {...field("client_secret")}
          autoComplete="new-password"
        />
        <Field label="Scopes" hint="With spaces between them." required {...field("scopes")} />
        <Field label="Group claim" maxLength={100} hint="Where the token names somebody’s groups." {...field("group_claim")} />
      </div>
      <GroupRoles
        rows={form.groups}
        onChange={(groups) => set({ groups })}
        error={double ? `“${double}” stands here twice.` : problemIn(error, "roles_by_group")}
      />
      <SelectField
        label="Default role"
        value={form.default_role}
        onChange={(default_role) => set({ default_role })}
        choices={DEFAULT_ROLES.map((value) => ({ value, label: roleLooks[value].name, hint: roleLooks[value].text }))}
        hint="For who is in none of these groups."
        error={problemIn(error, "default_role")}
      />
      <Field
        label="E-mail domains"
        placeholder="example.com, example.org"
        hint="Only people with such an address get in. Empty: any address."
        {...field("email_domains")}
      />
      <Switch
        label="Create people on first sign-in"
        text="Off: only who was invited or provisioned gets in."
        checked={form.creates_users}
        onChange={(creates_users) => set({ creates_users })}
        error={problemIn(error, "creates_users")}
      />
      <div className="flex flex-wrap justify-end gap-2 border-t border-line pt-4">
        {provider && <DeleteProvider provider={provider} />}
        <Button type="submit" variant="primary" busy={isLoading}>
          Save identity provider
        </Button>
      </div>
    </form>
  )
}
