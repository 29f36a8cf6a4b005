import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";
import { decode, encode, streamDecode, streamEncode, type DecodedPacket } from "dns-packet";
import { afterAll, beforeAll, expect, it } from "vitest";
import { start, type DnsServer } from "../../../local-cloud/dns";
import type { ZoneData } from "../../../local-cloud/dns/zone";

const zone = {
  name: "smarteros.test",
  serial: 7,
  nameServers: ["ada.ns.local-cloud.test"],
  records: [
    { name: "smarteros.test", type: "A", content: "192.0.2.1", ttl: 60 },
    { name: "odoo.smarteros.test", type: "CNAME", content: "smarteros.test", ttl: 1 },
    { name: "v6.smarteros.test", type: "AAAA", content: "2001:db8::1", ttl: 60 },
    { name: "text.smarteros.test", type: "TXT", content: "v=spf1 -all", ttl: 60 },
    { name: "a.deep.smarteros.test", type: "A", content: "192.0.2.2", ttl: 60 },
    { name: "*.tenants.smarteros.test", type: "A", content: "192.0.2.3", ttl: 60 },
    ...Array.from({ length: 60 }, (_, i) => ({
      name: "many.smarteros.test",
      type: "A" as const,
      content: `192.0.2.${i}`,
      ttl: 60,
    })),
  ],
} satisfies ZoneData;

let records: ZoneData["records"] = zone.records;
let server: DnsServer;
const resolver = (index: number) => {
  const { address, port } = server.endpoints[index]!;
  const made = new Resolver({ timeout: 1000, tries: 1 });
  made.setServers([`${address}:${port}`]);
  return made;
};

beforeAll(async () => {
  server = await start({
    listeners: [
      { address: "127.0.0.1", port: 0, view: "operator" },
      { address: "127.0.0.2", port: 0, view: "host" },
    ],
    zones: () => [{ ...zone, records }],
  });
});
afterAll(() => server.close());

async function ask(name: string, type: "A" | "TXT" | "SOA"): Promise<DecodedPacket> {
  const { address, port } = server.endpoints[0]!;
  const socket = createSocket("udp4");
  socket.send(encode({ type: "query", id: 9, flags: 0, questions: [{ name, type }] }), port, address);
  const [message] = (await once(socket, "message")) as [Buffer];
  socket.close();
  return decode(message);
}
const rcode = (packet: DecodedPacket) => (packet as unknown as { rcode: string }).rcode;

it("answers each type, and follows an alias", async () => {
  const operator = resolver(0);
  expect(await operator.resolve4("Smarteros.Test", { ttl: true })).toEqual([{ address: "192.0.2.1", ttl: 60 }]);
  expect(await operator.resolve4("odoo.smarteros.test")).toEqual(["192.0.2.1"]);
  expect(await operator.resolveCname("odoo.smarteros.test")).toEqual(["smarteros.test"]);
  expect(await operator.resolve6("v6.smarteros.test")).toEqual(["2001:db8::1"]);
  expect(await operator.resolveTxt("text.smarteros.test")).toEqual([["v=spf1 -all"]]);
  expect(await operator.resolveNs("smarteros.test")).toEqual(["ada.ns.local-cloud.test"]);
  expect((await operator.resolveSoa("smarteros.test")).serial).toBe(7);
  expect(await operator.resolve4("any.tenants.smarteros.test")).toEqual(["192.0.2.3"]);
});

it("answers a change from the next question on", async () => {
  records = [{ name: "smarteros.test", type: "A", content: "192.0.2.99", ttl: 60 }, ...zone.records.slice(1)];
  expect(await resolver(0).resolve4("smarteros.test")).toEqual(["192.0.2.99"]);
  records = zone.records;
});

it("tells no such name from no such type, and refuses what is not its own", async () => {
  const none = await ask("none.smarteros.test", "A");
  expect([rcode(none), none.authorities?.[0]?.type]).toEqual(["NXDOMAIN", "SOA"]);
  const noType = await ask("smarteros.test", "TXT");
  expect([rcode(noType), noType.answers?.length, noType.authorities?.[0]?.type]).toEqual(["NOERROR", 0, "SOA"]);
  expect(rcode(await ask("deep.smarteros.test", "A"))).toBe("NOERROR");
  expect(rcode(await ask("example.com", "A"))).toBe("REFUSED");
});

it("shows the local cloud's own names as each side reaches them", async () => {
  expect(await resolver(0).resolve4("s3.local-cloud.test")).toEqual(["127.10.0.1"]);
  expect(await resolver(1).resolve4("s3.local-cloud.test")).toEqual(["172.30.0.1"]);
  expect(await resolver(1).resolve4("registry.local-cloud.test")).toEqual(["172.30.0.1"]);
});

it("truncates over UDP, and answers in full over TCP", async () => {
  expect((await ask("many.smarteros.test", "A")).flag_tc).toBe(true);
  expect(await resolver(0).resolve4("many.smarteros.test")).toHaveLength(60);

  const { address, port } = server.endpoints[0]!;
  const socket = connect(port, address);
  const query = streamEncode({ type: "query", id: 3, questions: [{ name: "many.smarteros.test", type: "A" }] });
  socket.write(query.subarray(0, 5));
  socket.write(query.subarray(5));
  const [response] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  expect(streamDecode(response)?.answers).toHaveLength(60);
});

it("survives bytes that are no DNS message", async () => {
  const { address, port } = server.endpoints[0]!;
  const socket = createSocket("udp4");
  socket.send(Buffer.from("hi"), port, address);
  socket.send(Buffer.concat([Buffer.from([0, 5, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), Buffer.from([60, 1])]), port, address);
  const [message] = (await once(socket, "message")) as [Buffer];
  socket.close();
  expect([message.readUInt16BE(0), message[3]! & 0xf]).toEqual([5, 1]);
});
