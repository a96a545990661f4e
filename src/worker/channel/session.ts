import type { Json } from "../../prefect/api-types.ts";
import type { ApiSettings } from "../../prefect/settings/settings.ts";
import { openPrefectSocket, type PrefectSocket, SocketError } from "../../prefect/sockets/prefect-socket.ts";
import { ChannelError, errorOfEnd } from "./close-reasons.ts";
import { frame, type ReadyFrame, readFrame, type ServerFrame } from "./frames.ts";
import { type ChannelWorker, hello } from "./hello.ts";

/** Milliseconds for opening, authentication, hello and ready together, as Prefect's worker. */
const SETUP_TIMEOUT = 10_000;
/** Milliseconds between pings at least: a busy server may need seconds for a pong, and is not gone. */
const MIN_PING_INTERVAL = 5_000;

/** One opening of the worker channel, from `ready` to its end. */
export interface ChannelSession {
  ready: ReadyFrame["payload"];
  send(message: Record<string, Json>): void;
  /** Resolves with the reason when the session is over. */
  ended: Promise<ChannelError>;
}

export interface SessionOptions {
  settings: ApiSettings;
  worker: ChannelWorker;
  cleanupKinds: string[];
  /** Told of each frame after `ready`. */
  onFrame: (frame: ServerFrame) => void;
  /** Told when the server has shown that it is there. */
  onAlive: () => void;
  /** Closes the channel, or gives up the opening of it. */
  signal: AbortSignal;
}

/**
 * Opens the channel and says hello; heartbeats go out until it ends.
 * @throws ChannelError
 */
export async function openSession(options: SessionOptions): Promise<ChannelSession> {
  const { worker } = options;
  const started = performance.now();
  const ready = Promise.withResolvers<ReadyFrame["payload"]>();
  // The reason that this side found, which says more than the closing that follows from it.
  let failure: ChannelError | undefined;
  let socket: PrefectSocket | undefined;
  const onMessage = (message: Record<string, unknown>) => {
    try {
      const received = readFrame(message);
      options.onAlive();
      if (received?.type === "worker.ready.v1") ready.resolve(received.payload);
      else if (received !== undefined) options.onFrame(received);
    } catch (error) {
      failure ??= error instanceof ChannelError ? error : new ChannelError("protocol_error", String(error));
      socket?.close();
    }
  };
  socket = await open(options, onMessage);
  const { ended: end } = socket;
  const ended = end.then((reason) => failure ?? errorOfEnd(reason));
  void ended.then((error) => ready.reject(error));
  const timer = setTimeout(
    () => {
      failure ??= new ChannelError("setup_timeout", `no ready within ${SETUP_TIMEOUT / 1000} seconds`);
      socket.close();
      ready.reject(failure);
    },
    SETUP_TIMEOUT - (performance.now() - started),
  );
  try {
    socket.send(hello(worker, options.cleanupKinds));
    const payload = await ready.promise;
    checkReady(payload, worker);
    const beating = setInterval(
      () => socket.send(heartbeat(worker, payload.effective_heartbeat_interval_seconds)),
      payload.effective_heartbeat_interval_seconds * 1000,
    );
    void end.then(() => clearInterval(beating));
    return {
      ready: payload,
      send: (message) => socket.send(message),
      ended,
    };
  } catch (error) {
    socket.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function open(options: SessionOptions, onMessage: (message: Record<string, unknown>) => void) {
  const { settings, worker, onAlive, signal } = options;
  const path = `/work_pools/${encodeURIComponent(worker.pool)}/workers/connect`;
  try {
    return await openPrefectSocket(settings, path, onMessage, {
      openTimeout: SETUP_TIMEOUT,
      pingInterval: Math.max(MIN_PING_INTERVAL, worker.heartbeatSeconds * 1000),
      onPong: onAlive,
      signal,
    });
  } catch (error) {
    if (error instanceof SocketError) throw errorOfEnd(error.end);
    throw error;
  }
}

function checkReady(ready: ReadyFrame["payload"], worker: ChannelWorker): void {
  if (ready.consumer_id !== worker.consumerId) {
    throw new ChannelError("protocol_error", "worker.ready.v1 is meant for another consumer");
  }
}

function heartbeat(worker: ChannelWorker, seconds: number) {
  return frame("worker.heartbeat.v1", {
    consumer_id: worker.consumerId,
    worker_name: worker.name,
    heartbeat_interval_seconds: seconds,
  });
}
