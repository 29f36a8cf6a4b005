import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Client } from "ssh2";
import { connectOptions, type SshHost } from "../components/host/ssh";

/** A port of this machine that leads through SSH to one that only a host itself reaches. */
export interface Tunnel {
  readonly address: string;
  close(): Promise<void>;
}

/** @param to as the host reaches it @throws when the host cannot be reached */
export async function openTunnel(host: SshHost, to: { readonly host: string; readonly port: number }): Promise<Tunnel> {
  const ssh = new Client();
  await Promise.all([once(ssh, "ready"), ssh.connect(connectOptions(host))]);
  const server = createServer((socket) => {
    ssh.forwardOut("127.0.0.1", 0, to.host, to.port, (error, stream) => {
      if (error) return void socket.destroy(error);
      socket.pipe(stream).pipe(socket);
      socket.on("error", () => stream.end());
      stream.on("error", () => socket.destroy());
    });
    socket.on("error", () => undefined); // whoever asked is told by its own end
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      ssh.end();
      server.close();
    },
  };
}
