import { plan } from "../../plan/plan";

export type TlsArgs = { readonly issuer: "acme"; readonly email: string } | { readonly issuer: "internal" };

/** A label of the plan under a domain; "@" is the domain itself. */
export const publicName = (label: string, domain: string): string => (label === "@" ? domain : `${label}.${domain}`);

/** Every public name of the site, in the plan's order. */
export const publicNames = (domain: string): string[] => plan.services.flatMap((s) => s.publicLabels.map((l) => publicName(l, domain)));

/** The proxy's whole configuration: one site per public name, in the plan's order. */
export function caddyfile(domain: string, tls: TlsArgs): string {
  const sites = plan.services
    .filter((s) => s.publicLabels.length > 0)
    .map((s) => {
      const names = s.publicLabels.map((l) => publicName(l, domain)).join(", ");
      // Its default of 12 hours is less than the gate wants to see left.
      const issuer = tls.issuer === "internal" ? "\ttls {\n\t\tissuer internal {\n\t\t\tlifetime 72h\n\t\t}\n\t}\n" : "";
      return `${names} {\n${issuer}\treverse_proxy ${s.name}:${s.probe.port}\n}\n`;
    });
  const options = tls.issuer === "acme" ? `\temail ${tls.email}\n` : "\tskip_install_trust\n";
  return `{\n${options}\tadmin 127.0.0.1:2019\n}\n\n${sites.join("\n")}`;
}
