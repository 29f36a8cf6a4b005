import { expect, it } from "vitest";
import { firewallRules } from "../../../local-cloud/hosts/firewall";

it("lets in what is listed, from where it is listed, and drops the rest", () => {
  const rules = firewallRules([
    { protocol: "tcp", port: 22, sourceCidrs: ["203.0.113.0/24"] },
    { protocol: "tcp", port: 80, endPort: 90, sourceCidrs: ["0.0.0.0/0", "::/0"] },
  ]);
  expect(rules).toMatchInlineSnapshot(`
    "*mangle
    :CLOUD-FIREWALL - [0:0]
    -A CLOUD-FIREWALL -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
    -A CLOUD-FIREWALL -p icmp -j RETURN
    -A CLOUD-FIREWALL -s 203.0.113.0/24 -p tcp --dport 22 -j RETURN
    -A CLOUD-FIREWALL -s 0.0.0.0/0 -p tcp --dport 80:90 -j RETURN
    -A CLOUD-FIREWALL -s 172.30.0.1/32 -p tcp --dport 80:90 -j RETURN
    -A CLOUD-FIREWALL -j DROP
    COMMIT
    "
  `);
});

it("takes the bridge's gateway for the operator, whose loopback address the rule names", () => {
  expect(firewallRules([{ protocol: "tcp", port: 22, sourceCidrs: ["127.10.0.0/16"] }])).toContain(
    "-s 172.30.0.1/32 -p tcp --dport 22 -j RETURN",
  );
});
