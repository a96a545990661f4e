import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type AuthPair, Login } from "./auth.ts";
import { type OracleError, oracleError } from "./errors.ts";
import { readExecute } from "./execute.ts";
import { freeTemporary, lobCall } from "./lob-calls.ts";
import { Fn, Message, writeEnd, writePairs, writeStatus } from "./messages.ts";
import { dataTypesReply, protocolReply } from "./negotiate.ts";
import type { ServerState, User } from "./server.ts";
import { SessionData } from "./session-data.ts";
import { Statements } from "./statements.ts";
import { MessageReader } from "./wire/reader.ts";
import { MessageWriter } from "./wire/writer.ts";

/** The answer to one request. `cut`: break the line after most of it. `close`: end the session after it. */
export interface Answer {
  message: Buffer;
  cut?: boolean;
  close?: boolean;
  /** True when the call ended with an error. */
  failed?: boolean;
}

/** What one client does between ACCEPT and the end: login first, then calls. */
export class Session {
  readonly #server: ServerState;
  readonly #service: string;
  readonly #writer = new MessageWriter();
  readonly id: number;
  #login: { check: Login; user: User | undefined } | undefined;
  #data: SessionData | undefined;
  #statements: Statements | undefined;

  constructor(server: ServerState, service: string) {
    this.#server = server;
    this.#service = service;
    this.id = server.nextSession();
  }

  get inTransaction(): boolean {
    return this.#data?.inTransaction ?? false;
  }

  close(): void {
    this.#statements = undefined;
    this.#data?.close();
    this.#data = undefined;
  }

  /** Called when an answer is on its way: reads the rows that will be asked for next. */
  prepareNext(): void {
    const statements = this.#statements;
    if (statements) setImmediate(() => this.#statements?.readAhead());
  }

  /** Answers one request. Throws when the request cannot be understood: the socket is then to be closed. */
  async handle(request: Buffer, signal: AbortSignal): Promise<Answer> {
    const reader = new MessageReader(request);
    const writer = this.#writer.reset();
    const { stall } = this.#server.faults.current;
    if (stall && stall.afterRows === undefined) await wait(stall.ms, undefined, { signal });
    for (;;) {
      const message = reader.u8();
      if (message === Message.protocol) {
        protocolReply(writer);
        return { message: writer.view() };
      }
      if (message === Message.dataTypes) {
        dataTypesReply(writer);
        return { message: writer.view() };
      }
      const code = reader.u8();
      reader.u8();
      if (message === Message.piggyback) this.#piggyback(code, reader);
      else if (message === Message.function) return await this.#call(code, reader, writer, signal);
      else throw new Error(`message ${message} is unknown`);
    }
  }

  async #call(
    code: number,
    reader: MessageReader,
    writer: MessageWriter,
    signal: AbortSignal,
  ): Promise<Answer> {
    if (code === Fn.authPhaseOne) return this.#phaseOne(reader, writer);
    if (code === Fn.authPhaseTwo) return this.#phaseTwo(reader, writer);
    const statements = this.#statements;
    const data = this.#data;
    if (!statements || !data) throw new Error(`function ${code} before the login`);
    switch (code) {
      case Fn.execute:
        return await statements.execute(readExecute(reader), reader, writer, signal);
      case Fn.reexecute:
      case Fn.reexecuteAndFetch:
        return await statements.reexecute(reader, writer, signal, code === Fn.reexecuteAndFetch);
      case Fn.fetch:
        return await statements.fetch(reader.ub(), reader.ub(), writer, signal);
      case Fn.lob:
        return this.#guarded(writer, () => lobCall(reader, writer, data.lobs));
      case Fn.commit:
        return this.#guarded(writer, () => data.commit());
      case Fn.rollback:
        return this.#guarded(writer, () => data.rollback());
      case Fn.logoff:
        return this.#guarded(writer, () => data.rollback());
      case Fn.ping:
        return this.#guarded(writer, () => undefined);
      default:
        return this.#failed(writer, oracleError(3001));
    }
  }

  #guarded(writer: MessageWriter, act: () => void): Answer {
    try {
      act();
      writeStatus(writer, this.inTransaction);
      return { message: writer.view() };
    } catch (error) {
      if (error instanceof Error && "code" in error && typeof error.code === "number")
        return this.#failed(writer.reset(), error as OracleError);
      throw error;
    }
  }

  #failed(writer: MessageWriter, error: OracleError): Answer {
    writeEnd(writer, { error, cursor: 0, rows: 0, transaction: this.inTransaction });
    return { message: writer.view() };
  }

  #piggyback(code: number, reader: MessageReader): void {
    switch (code) {
      case Fn.closeCursors:
      case Fn.cancelCursors: {
        reader.u8();
        const count = reader.ub();
        for (let i = 0; i < count; i++) this.#statements?.release(reader.ub(), code === Fn.closeCursors);
        return;
      }
      case Fn.setSchema:
        reader.u8();
        reader.ub();
        this.#setSchema(reader.bytes()?.toString("utf8") ?? "");
        return;
      case Fn.endToEnd:
        skipEndToEnd(reader);
        return;
      case Fn.lob:
        freeTemporary(reader, this.#data?.lobs);
        return;
      default:
        throw new Error(`piggyback ${code} is not part of the stand-in`);
    }
  }

  #setSchema(name: string): void {
    if (this.#data && name !== "") this.#data.schema = name.toUpperCase();
  }

  #phaseOne(reader: MessageReader, writer: MessageWriter): Answer {
    const { name } = readLogin(reader);
    const user = this.#server.user(name);
    this.#login = { user, check: new Login(user?.password ?? randomBytes(16).toString("hex")) };
    writePairs(writer, this.#login.check.challenge(this.#server.faults.current.oldVerifier));
    writeStatus(writer, false);
    return { message: writer.view() };
  }

  #phaseTwo(reader: MessageReader, writer: MessageWriter): Answer {
    const { name, pairs } = readLogin(reader);
    const { check, user } = this.#login ?? {};
    const response = check?.answer(pairs);
    const code =
      !user || response === undefined
        ? 1017
        : user.status === "locked"
          ? 28000
          : user.status === "expired"
            ? 28001
            : user.status === "no-session"
              ? 1045
              : 0;
    if (!user || response === undefined || code !== 0) {
      this.#server.log("login refused", { user: name, code });
      return { ...this.#failed(writer, oracleError(code)), close: true };
    }
    this.#data = new SessionData(this.#server, {
      id: this.id,
      user: user.name,
      service: this.#service,
      grants: user.grants,
      pairs,
    });
    this.#statements = new Statements(this.#data);
    this.#server.log("session", {
      id: this.id,
      user: user.name,
      driver: pairs.get("SESSION_CLIENT_DRIVER_NAME")?.trim(),
    });
    writePairs(writer, this.#identity(response));
    writeStatus(writer, false);
    return { message: writer.view() };
  }

  #identity(response: string): AuthPair[] {
    const [major = 19, release = 0, update = 0] = this.#server.version.split(".").map(Number);
    const service = this.#service.toLowerCase();
    const values: Record<string, string | number> = {
      AUTH_SVR_RESPONSE: response,
      AUTH_VERSION_NO: major * 2 ** 24 + (release << 16) + (update << 12),
      AUTH_DBNAME: service.toUpperCase(),
      AUTH_INSTANCENAME: "standin",
      AUTH_SC_SERVICE_NAME: service,
      AUTH_SC_DBUNIQUE_NAME: "STANDIN",
      AUTH_SC_REAL_DBUNIQUE_NAME: "STANDIN",
      AUTH_SC_DB_DOMAIN: "",
      AUTH_MAX_OPEN_CURSORS: 300,
      AUTH_MAX_IDEN_LENGTH: 128,
      AUTH_SESSION_ID: this.id,
      AUTH_SERIAL_NUM: 1,
    };
    return Object.entries(values).map(([key, value]) => ({ key, value: String(value), flag: 0 }));
  }
}

function readLogin(reader: MessageReader): { name: string; pairs: Map<string, string> } {
  const hasUser = reader.u8() !== 0;
  reader.ub();
  reader.ub();
  reader.u8();
  const count = reader.ub();
  reader.skip(2);
  const name = hasUser ? (reader.bytes()?.toString("utf8") ?? "") : "";
  const pairs = new Map<string, string>();
  for (let i = 0; i < count; i++) {
    const key = reader.text();
    pairs.set(key, reader.text());
    reader.ub();
  }
  return { name: name.trim(), pairs };
}

/** Module, action, client identifier and the like: read over, since nothing here shows them. */
function skipEndToEnd(reader: MessageReader): void {
  let texts = 0;
  const one = (): void => {
    reader.u8();
    if (reader.ub() > 0) texts++;
  };
  reader.skip(2);
  reader.ub();
  for (let i = 0; i < 4; i++) one();
  reader.u8();
  reader.ub();
  one();
  reader.u8();
  reader.ub();
  reader.u8();
  reader.ub();
  one();
  for (let i = 0; i < texts; i++) reader.bytes();
}
