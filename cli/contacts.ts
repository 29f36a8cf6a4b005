import { contacts } from "../plan/organisation";
import type { Run } from "./context";
import { exitCodes } from "./exit-codes";
import type { Words } from "./language";
import { plainTable } from "./table";

/** Roles of the plan's contacts (C1). */
export const contactWords: Words<{
  readonly title: string;
  readonly role: string;
  readonly name: string;
  readonly contact: string;
}> = {
  en: { title: "Emergency contacts", role: "Role", name: "Name", contact: "Contact" },
  es: { title: "Contactos de emergencia", role: "Rol", name: "Nombre", contact: "Contacto" },
};

/** `smarter contacts` */
export const run: Run<{ json?: boolean }> = async ({ lang, output }, { json }) => {
  const t = contactWords[lang];
  output.print(
    json
      ? JSON.stringify(contacts, null, 2)
      : plainTable(
          [t.role, t.name, t.contact],
          contacts.map(({ role, name, contact }) => [role, name, contact]),
        ),
  );
  return exitCodes.ok;
};
