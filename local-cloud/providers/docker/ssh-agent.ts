import { spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";

/** An `ssh://[user@]host[:port]` address of a Docker host. */
export interface SshHost {
  readonly host: string;
  readonly user: string | undefined;
  readonly port: string | undefined;
}

/** The ssh command line that reaches a host's Docker Engine. Source: docker/cli cli/connhelper/connhelper.go. */
export function sshArguments({ host, user, port }: SshHost, options: readonly string[]): string[] {
  return [
    ...options,
    ...(user ? ["-l", user] : []),
    ...(port ? ["-p", port] : []),
    ...["-o", "ConnectTimeout=30", "-T", "--", host, "docker", "system", "dial-stdio"],
  ];
}

/** HTTP connections that each are an `ssh` process with `docker system dial-stdio` at its other end; kept open and shared. */
export class SshAgent extends Agent {
  readonly #arguments: readonly string[];

  constructor(host: SshHost, options: readonly string[]) {
    // Few connections: sshd drops those that are not yet authenticated beyond its MaxStartups (10).
    super({ keepAlive: true, maxSockets: 6 });
    this.#arguments = sshArguments(host, options);
  }

  override createConnection(): Duplex {
    return new ProcessConnection("ssh", this.#arguments);
  }
}

/** A child process's stdin and stdout as the socket of an HTTP connection. */
class ProcessConnection extends Duplex {
  readonly #child;
  #stderr = "";

  constructor(command: string, options: readonly string[]) {
    super();
    this.#child = spawn(command, options, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stdout.on("data", (chunk: Buffer) => this.push(chunk) || this.#child.stdout.pause());
    this.#child.stderr.on("data", (chunk: Buffer) => (this.#stderr = (this.#stderr + chunk.toString()).slice(-2000)));
    // A broken pipe only says that ssh has ended: why it did is told when it closes.
    this.#child.stdin.on("error", () => this.#child.stdin.destroy());
    this.#child.on("error", (error) => this.destroy(error));
    this.#child.on("close", (code) => {
      if (code) this.destroy(new Error(`${command} exited with ${code}: ${this.#stderr.trim()}`));
      else this.push(null);
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, (error) => {
      if (!error) done();
    });
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }

  // What http calls on a socket and a pipe has no need of.
  setKeepAlive = () => this;
  setNoDelay = () => this;
  setTimeout = () => this;
  ref = () => this;
  unref = () => this;
}
